/**
 * A whole replica, as rooms have it: transactions, store, log and messages. Seals are empty and cost nothing; a keystroke
 * is a frame of its own.
 *
 * What is loaded is a snapshot, as a newcomer or a disk has it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, toHex, toUtf8 } from '../../src/base/bytes.ts'
import { ROOM_SCOPE } from '../../src/protocol/frame.ts'
import { decodeMessage, encodeMessage } from '../../src/protocol/message.ts'
import { createReplica } from '../../src/room/replica.ts'
import { defineSchema, table, text } from '../../src/store/schema.ts'
import type { SyncEffect } from '../../src/sync/events.ts'
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

/** The last so many transactions can be undone by whoever has loaded the snapshot. */
const HORIZON = 1_000

export const contender = storeWith(HORIZON)

/** @param horizon - see {@link HORIZON} */
export function storeWith(horizon: number): Contender {
  return {
    author(startContent) {
      const { replica, sent, settle } = open(AUTHOR_NAME)
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
        snapshot: () => replica.sync.snapshot(horizon),
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
      replica.handle({ type: 'snapshot-restored', snapshot: new Uint8Array(snapshot) })
      return {
        text: () => textOf(replica),
        edit: patch => void replica.store.transact(tx => tx.cells.get(CELL).source.splice(...patch)),
      }
    },
  }
}

function open(name: string) {
  const author = authorOf(name)
  const sent: Bytes[] = []
  /** Seals are answered when the replica is done, as keys would. */
  const answers: (() => void)[] = []
  let now = 1_700_000_000_000

  function perform(effect: SyncEffect): void {
    switch (effect.type) {
      case 'send':
        sent.push(encodeMessage(effect.message, author))
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
  return { replica, sent, settle }
}

function authorOf(name: string): Bytes {
  return sha256(toUtf8(name)).slice(0, 16) as Bytes
}

function textOf({ store }: ReturnType<typeof open>['replica']): string {
  return store.tables.cells.get(CELL)?.source.toString() ?? ''
}
