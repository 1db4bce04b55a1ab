/**
 * What waits to go to one peer: messages in order, cut into chunks as the channel takes them.
 *
 * simple-peer's `send` goes straight to the channel, whose buffer breaks at 16 MiB in one browser and grows without bound
 * in the other. So what the channel should not hold yet waits here, with a limit, and small urgent messages overtake.
 * Must not know the channel.
 */
import type { Bytes } from '../base/bytes.ts'
import { chunkAt, chunkCount, MESSAGE_MAX } from '../protocol/chunk.ts'
import type { SendFailure, SendOptions } from './mesh.ts'

/** Largest message that may overtake others, in bytes. */
export const URGENT_MAX = 1024
/** Bytes that may wait for one peer. */
export const OUTBOX_MAX = 64 * 1024 * 1024

export interface Outbox {
  /** Takes a message, which must not be changed afterwards; a failure when it will not be sent. */
  push(message: Bytes, options?: SendOptions): SendFailure | null
  /** The next chunk for the channel, or `null` when nothing waits. */
  next(): Bytes | null
  /** Bytes of messages that wait; one that has been taken in part counts whole. */
  readonly waiting: number
  readonly isEmpty: boolean
}

export function createOutbox(): Outbox {
  const urgent: Bytes[] = []
  const ordinary: Bytes[] = []
  let waiting = 0
  let id = 0
  let index = 0

  return {
    get waiting() {
      return waiting
    },
    get isEmpty() {
      return urgent.length === 0 && ordinary.length === 0
    },
    push(message, { urgent: isUrgent = false } = {}) {
      if (message.length > MESSAGE_MAX) return 'message-too-large'
      if (waiting + message.length > OUTBOX_MAX) return 'queue-full'
      waiting += message.length
      if (isUrgent && message.length <= URGENT_MAX) urgent.push(message)
      else ordinary.push(message)
      return null
    },
    next() {
      const first = urgent.shift()
      if (first !== undefined) {
        waiting -= first.length
        return chunkAt(first, 0, 0)
      }
      const message = ordinary[0]
      if (message === undefined) return null
      const chunk = chunkAt(message, id, index)
      index += 1
      if (index < chunkCount(message.length)) return chunk
      ordinary.shift()
      waiting -= message.length
      id = (id + 1) >>> 0
      index = 0
      return chunk
    },
  }
}
