/** The room that the tests of this folder open, and what they ask of it. */
import { defineSchema, flag, list, map, ref, table, text, value } from '../store/schema.ts'
import type { Room } from './room.ts'

export const isNumber = (said: unknown) => typeof said === 'number'
export const schema = defineSchema(
  'supermesh.test.room',
  { version: 3, presence: { editing: value(''), at: value(0, { accepts: isNumber }) } },
  {
    lists: table({ items: list(ref('notes')) }),
    notes: table({ body: text(), tags: map(value<number>()), done: flag() }),
    minutes: table({ line: value('') }, { create: 'edit', change: 'own or author', remove: 'own' }),
  },
)
export type TestRoom = Room<typeof schema>

export const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { readonly code?: string }).code
  }
  return null
}

export const personOf = (room: TestRoom) => room.me.getSnapshot()?.person ?? ''
