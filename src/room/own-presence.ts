/**
 * What this page says of itself, by its schema: checked as it is set, said as soon as there is somebody to say it to.
 */
import { SupermeshError } from '../base/error.ts'
import { createCell } from '../base/subscribe.ts'
import { type PresenceFields, presenceFits } from '../presence/presence.ts'
import type { JsonValue } from '../protocol/patch.ts'
import { toJsonValue } from '../store/json-value.ts'
import type { PresenceDefinition, PresenceOf } from '../store/schema.ts'
import { readPresence } from './people.ts'
import type { OwnPresence } from './room.ts'

/**
 * @param say - tells the others; false when it is more than they would take. Before there is a room it keeps what fits.
 */
export function createOwnPresence<P extends PresenceDefinition>(
  definition: P,
  say: (fields: PresenceFields) => boolean = presenceFits,
): OwnPresence<PresenceOf<P>> {
  let said: PresenceFields = {}
  const cell = createCell(readPresence(definition, said))

  function checked(name: string, given: unknown): JsonValue {
    const field = Object.hasOwn(definition, name) ? definition[name] : undefined
    if (!field) throw new SupermeshError('field-unknown', `The presence has no field "${name}".`, { field: name })
    const value = toJsonValue(given, name)
    if (field.accepts(value)) return value
    throw new SupermeshError('value-wrong-type', `The value for the presence "${name}" has the wrong type.`, {
      field: name,
    })
  }

  return {
    getSnapshot: cell.getSnapshot,
    subscribe: cell.subscribe,
    set(fields) {
      const given = Object.entries(fields).filter(([, value]) => value !== undefined)
      const next = { ...said, ...Object.fromEntries(given.map(([name, value]) => [name, checked(name, value)])) }
      if (JSON.stringify(next) === JSON.stringify(said)) return
      if (!say({ app: next })) {
        throw new SupermeshError('presence-too-large', 'This is more than a page may say of itself.')
      }
      said = next
      cell.set(readPresence(definition, said))
    },
  }
}
