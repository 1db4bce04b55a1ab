/**
 * What this page says of itself, by its schema: checked as it is set, said as soon as there is somebody to say it to.
 */
import { SupermeshError } from '../base/error.ts'
import { requireObject } from '../base/require.ts'
import { createCell } from '../base/subscribe.ts'
import type { PresenceFields } from '../presence/presence.ts'
import type { JsonValue } from '../protocol/patch.ts'
import { toJsonValue } from '../store/json-value.ts'
import type { PresenceDefinition, PresenceOf } from '../store/schema.ts'
import { readPresence } from './people.ts'
import type { OwnPresence } from './room.ts'

/** @param say - tells the others, now or when there is a room; false when it is more than they would take */
export function createOwnPresence<P extends PresenceDefinition>(
  definition: P,
  say: (fields: PresenceFields) => boolean,
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
      requireObject(fields, 'Fields of presence')
      const given = Object.entries(fields).filter(([, value]) => value !== undefined)
      const next = { ...said, ...Object.fromEntries(given.map(([name, value]) => [name, checked(name, value)])) }
      if (JSON.stringify(next) === JSON.stringify(said)) return
      const before = said
      // Before it is said: whoever hears of it may say more.
      said = next
      if (!say({ app: next })) {
        said = before
        throw new SupermeshError('presence-too-large', 'This is more than a page may say of itself.')
      }
      cell.set(readPresence(definition, said))
    },
  }
}
