/**
 * A whole replica, as rooms have it: transactions, store, log and messages. Seals are empty and cost nothing; a keystroke
 * is a frame of its own.
 *
 * There is no snapshot yet: what is loaded is the log, as a keeper brings it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, toHex, toUtf8 } from '../../src/base/bytes.ts'
import { createReader, createWriter, type Writer } from '../../src/protocol/codec.ts'
import { ROOM_SCOPE } from '../../src/protocol/frame.ts'
import { decodeMessage, encodeMessage } from '../../src/protocol/message.ts'
import { createReplica } from '../../src/room/replica.ts'
import { defineSchema, table, text } from '../../src/store/schema.ts'
import type { SyncEffect } from '../../src/sync/events.ts'
import type { KeptFrame } from '../../src/sync/keeper.ts'
import { LAB_ROOM, labStore } from '../../src/testing/lab.ts'
import type { Contender } from './contender.ts'

const schema = defineSchema('org.supermesh.bench', { version: 1 }, { cells: table({ source: text() }) })
/** As long as those that rooms mint. */
const CELL = '0123456789abcdef'
const KEYSTROKE_MS = 180
const NO_SEAL: Bytes = new Uint8Array(0)
const AUTHOR_NAME = 'author'

const AUTHOR = authorOf(AUTHOR_NAME)
const AUTHOR_ID = toHex(AUTHOR)

export const contender: Contender = {
  author(startContent) {
    const { replica, sent, disk, settle } = open(AUTHOR_NAME)
    replica.handle({ type: 'peer-joined', peer: toHex(authorOf('follower')) })
    replica.store.transact(tx => tx.cells.create({ source: startContent }, { id: CELL }))
    settle()
    return {
      beginning: sent.splice(0),
      edit(patches) {
        replica.store.transact(tx => {
          const { source } = tx.cells.get(CELL)
          for (const patch of patches) source.splice(...patch)
        })
        settle()
        const [message, ...others] = sent.splice(0)
        if (!message || others.length > 0) throw new Error('An edit became more or less than one message.')
        return message
      },
      text: () => textOf(replica),
      snapshot: () => disk.finish(),
    }
  },
  follower() {
    const { replica, settle } = open('follower')
    return {
      apply(update) {
        const message = decodeMessage(update as Bytes, AUTHOR)
        if (!message.ok) throw new Error(`A message was refused: ${message.code}.`)
        replica.handle({ type: 'message-arrived', from: AUTHOR_ID, message: message.value })
        settle()
      },
      text: () => textOf(replica),
    }
  },
  load(snapshot) {
    const { replica } = open('reader')
    replica.handle({ type: 'restored', frames: readLog(snapshot) })
    return () => textOf(replica)
  },
}

function open(name: string) {
  const author = authorOf(name)
  const sent: Bytes[] = []
  /** Written to as frames come, so that none stays in memory for it. */
  const disk = createWriter()
  /** Seals are answered when the replica is done, as keys would. */
  const answers: (() => void)[] = []
  let now = 1_700_000_000_000

  function perform(effect: SyncEffect): void {
    switch (effect.type) {
      case 'send':
        sent.push(encodeMessage(effect.message, author))
        break
      case 'persist':
        for (const frame of effect.frames) writeKept(disk, frame)
        break
      case 'seal':
        answers.push(() => replica.handle({ type: 'sealed', seal: NO_SEAL }))
        break
      case 'open-seal': {
        const { author, sequence } = effect
        answers.push(() => replica.handle({ type: 'seal-opened', author, sequence, genuine: true }))
        break
      }
      case 'refused':
        throw new Error(`A frame was refused: ${effect.code}.`)
    }
  }

  const replica = createReplica({
    schema,
    room: LAB_ROOM,
    scope: ROOM_SCOPE,
    author,
    introduction: toUtf8(name),
    storeOf: labStore,
    mintId: () => CELL,
    now: () => (now += KEYSTROKE_MS),
    perform,
  })
  const settle = () => {
    for (let answer = answers.shift(); answer; answer = answers.shift()) answer()
  }
  return { replica, sent, disk, settle }
}

function authorOf(name: string): Bytes {
  return sha256(toUtf8(name)).slice(0, 16) as Bytes
}

function textOf({ store }: ReturnType<typeof open>['replica']): string {
  return store.tables.cells.get(CELL)?.source.toString() ?? ''
}

function writeKept(disk: Writer, { sequence, version, bytes }: KeptFrame): void {
  disk.varuint(sequence)
  disk.varuint(version)
  disk.prefixed(bytes)
}

function readLog(log: Uint8Array): KeptFrame[] {
  const reader = createReader(log)
  const frames: KeptFrame[] = []
  while (reader.remaining > 0) {
    const [sequence, version] = [reader.varuint(), reader.varuint()]
    frames.push({ author: AUTHOR, sequence, version, bytes: reader.prefixed(reader.remaining) })
  }
  return frames
}
