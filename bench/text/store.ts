/**
 * A whole replica, as rooms have it: transactions, store, log and messages. Seals are empty and cost nothing; a keystroke
 * is a frame of its own.
 *
 * What is loaded is the message with a snapshot by which a newcomer is given the room: checked as a stranger's word is, but for the
 * signature.
 */
import { createHash } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, toHex, toUtf8 } from '../../src/base/bytes.ts'
import { ROOM_SCOPE } from '../../src/protocol/frame.ts'
import { decodeMessage, encodeMessage, type Message, messageType } from '../../src/protocol/message.ts'
import { createReplica } from '../../src/room/replica.ts'
import { defineSchema, table, text } from '../../src/store/schema.ts'
import type { SyncEffect, SyncEvent } from '../../src/sync/events.ts'
import { LAB_ROOM, labStore } from '../../src/testing/lab.ts'
import type { Contender } from './contender.ts'

const schema = defineSchema('org.supermesh.bench', { version: 1 }, { cells: table({ source: text() }) })
/** As long as those that rooms mint. */
const CELL = '0123456789abcdef'
const KEYSTROKE_MS = 180
const NO_SEAL: Bytes = new Uint8Array(0)
const AUTHOR_NAME = 'author'
const READER_NAME = 'reader'
/** So many entries that nobody asks for each of them. */
const MANY = 1_000_000

const AUTHOR = authorOf(AUTHOR_NAME)
const AUTHOR_ID = toHex(AUTHOR)
const READER_ID = toHex(authorOf(READER_NAME))

/** The last so many transactions can be undone by whoever has loaded the snapshot. */
const HORIZON = 1_000

export const contender = storeWith(HORIZON)

/** @param horizon - see {@link HORIZON} */
export function storeWith(horizon: number): Contender {
  return {
    author(startContent) {
      const { replica, sent, settle } = open(AUTHOR_NAME, horizon)
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
        snapshot() {
          const message: Message = { type: 'want-snapshot', scope: ROOM_SCOPE, covering: [] }
          replica.handle({ type: 'message-arrived', from: READER_ID, message })
          settle()
          const given = sent.splice(0).find(bytes => messageType(bytes) === 'snapshot')
          if (!given) throw new Error('Nobody vouches for a snapshot.')
          return given
        },
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
      const { replica, settle } = open(READER_NAME)
      const hear = (message: Message) => replica.handle({ type: 'message-arrived', from: AUTHOR_ID, message })
      hear({ type: 'vector', scope: ROOM_SCOPE, vector: [{ author: AUTHOR, sequence: MANY, base: 0 }] })
      const given = decodeMessage(new Uint8Array(snapshot), AUTHOR)
      if (!given.ok) throw new Error(`A message was refused: ${given.code}.`)
      hear(given.value)
      settle()
      return {
        text: () => textOf(replica),
        edit: patch => void replica.store.transact(tx => tx.cells.get(CELL).source.splice(...patch)),
      }
    },
  }
}

function open(name: string, horizon?: number) {
  const author = authorOf(name)
  const sent: Bytes[] = []
  /** Seals are answered when the replica is done, as keys would. */
  const answers: SyncEvent[] = []
  let now = 1_700_000_000_000

  function perform(effect: SyncEffect): void {
    switch (effect.type) {
      case 'send':
        sent.push(encodeMessage(effect.message, author))
        break
      case 'seal':
        answers.push({ type: 'sealed', seal: NO_SEAL })
        break
      case 'open-seal':
        answers.push({ type: 'seal-opened', author: effect.author, sequence: effect.sequence, genuine: true })
        break
      case 'open-snapshot':
        answers.push({ type: 'snapshot-opened', genuine: isSha256(effect.bytes, effect.digest) })
        break
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
    ...(horizon !== undefined && { snapshots: { horizon } }),
  })
  const settle = () => {
    for (let answer = answers.shift(); answer; answer = answers.shift()) replica.handle(answer)
  }
  return { replica, sent, settle }
}

/** By the platform, as pages ask it. */
function isSha256(bytes: Bytes, digest: Bytes): boolean {
  return createHash('sha256').update(bytes).digest().equals(digest)
}

function authorOf(name: string): Bytes {
  return sha256(toUtf8(name)).slice(0, 16) as Bytes
}

function textOf({ store }: ReturnType<typeof open>['replica']): string {
  return store.tables.cells.get(CELL)?.source.toString() ?? ''
}
