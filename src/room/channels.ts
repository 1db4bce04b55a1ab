/**
 * Messages that pass: typed bodies by the name of a channel, over one road of bytes.
 */
import { toUtf8 } from '../base/bytes.ts'
import { inWords, SupermeshError } from '../base/error.ts'
import { requireOptions } from '../base/require.ts'
import { createEmitter, type Emitter } from '../base/subscribe.ts'
import { CHANNEL_NAME_MAX_BYTES, DIRECT_MAX_BYTES } from '../protocol/limits.ts'
import { toJsonValue } from '../store/json-value.ts'
import type { DirectMessage } from './conversation.ts'
import type { LiveRoom } from './live-room.ts'
import type { Channel, ChannelMessage, Refusal } from './room.ts'

export interface Channels {
  open<Body>(name: string): Channel<Body>
  /** Hands a message to whoever listens to its channel. */
  heard(message: DirectMessage): void
}

/** @param refused - hears of what a stranger sent and nobody gets */
export function createChannels(tell: LiveRoom<never>['tell'], refused: (refusal: Refusal) => void): Channels {
  const listeners = new Map<string, Emitter<ChannelMessage<unknown>>>()

  return {
    open<Body>(name: string): Channel<Body> {
      if (
        typeof name !== 'string' ||
        name === '' ||
        !name.isWellFormed() ||
        toUtf8(name).length > CHANNEL_NAME_MAX_BYTES
      ) {
        const sentence = `${inWords(name)} cannot be the name of a channel: it has 1 to ${CHANNEL_NAME_MAX_BYTES} bytes of text.`
        throw new SupermeshError('name-unsafe', sentence, { name })
      }
      return {
        send(body, options = {}) {
          requireOptions(options, 'The options of a message', ['to'])
          const bytes = toUtf8(JSON.stringify(toJsonValue(body)))
          if (bytes.length > DIRECT_MAX_BYTES) {
            throw new SupermeshError('message-too-large', `A message has at most ${DIRECT_MAX_BYTES} bytes.`, {
              size: bytes.length,
              limit: DIRECT_MAX_BYTES,
            })
          }
          return tell(name, bytes, options.to)
        },
        subscribe(listener) {
          const emitter = listeners.get(name) ?? createEmitter<ChannelMessage<unknown>>()
          listeners.set(name, emitter)
          return emitter.subscribe(message => listener(message as ChannelMessage<Body>))
        },
      }
    },
    heard({ channel, from, person, body }) {
      const parsed = parseJson(body)
      if (parsed === undefined) refused({ code: 'value-not-json', from })
      else listeners.get(channel)?.emit({ from, person, body: parsed })
    },
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
