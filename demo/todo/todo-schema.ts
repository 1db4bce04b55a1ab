/** What a to-do list is: todos, and the order in which they stand. */
import { defineSchema, flag, list, ref, type Transaction, table, text, value } from 'supermesh/schema'

export const board = defineSchema(
  'org.supermesh.todo',
  { version: 1 },
  {
    lists: table({ name: value('To-do', { accepts: name => typeof name === 'string' }), todos: list(ref('todos')) }),
    todos: table({ title: text(), done: flag() }),
  },
)

/** The one list of a room. */
export const LIST = 'main'

/** What a new room begins with. */
export function fillBoard(tx: Transaction<typeof board.tables>): void {
  tx.lists.create({}, { id: LIST })
}
