/**
 * Presence on the wire: y-protocols' awareness update. A varint count, then for each client its id, its clock and its
 * state as JSON text; `null` says that it has gone. Source: y-protocols, `awareness.js`, `encodeAwarenessUpdate`.
 */

import type { Bytes } from '../base/bytes.ts'
import { createWriter, type Decoded, decodeWith, malformed } from './codec.ts'
import { nesting } from './json-depth.ts'
import { VALUE_MAX_DEPTH } from './limits.ts'
import type { JsonValue } from './patch.ts'

/** Longest state of one client, in bytes of JSON. */
export const PRESENCE_MAX_BYTES = 16 * 1024
/** Clients in one update. */
export const PRESENCE_MAX_CLIENTS = 256

export interface ClientState {
  readonly client: number
  readonly clock: number
  /** `null` when the client has gone. */
  readonly state: Readonly<Record<string, JsonValue>> | null
}

export function encodeAwareness(clients: readonly ClientState[]): Bytes {
  const writer = createWriter()
  writer.varuint(clients.length)
  for (const { client, clock, state } of clients) {
    writer.varuint(client)
    writer.varuint(clock)
    writer.string(JSON.stringify(state))
  }
  return writer.finish()
}

export function decodeAwareness(bytes: Bytes): Decoded<readonly ClientState[]> {
  return decodeWith(bytes, reader => {
    const count = reader.varuint(PRESENCE_MAX_CLIENTS)
    const clients: ClientState[] = []
    for (let i = 0; i < count; i++) {
      clients.push({
        client: reader.varuint(),
        clock: reader.varuint(),
        state: parseState(reader.string(PRESENCE_MAX_BYTES)),
      })
    }
    return clients
  })
}

function parseState(text: string): ClientState['state'] {
  if (nesting(text) > VALUE_MAX_DEPTH) malformed('value-too-deep')
  try {
    const state: unknown = JSON.parse(text)
    if (state === null || (typeof state === 'object' && !Array.isArray(state))) return state as ClientState['state']
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return malformed('state-malformed')
}
