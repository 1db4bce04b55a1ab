/** What a to-do list is: todos, and the order in which they stand. */
import { defineSchema, flag, list, type RecordOf, ref, type Transaction, table, text, value } from 'supermesh/schema'

export const todoSchema = defineSchema(
  'org.supermesh.todo',
  { version: 1 },
  {
    lists: table({ name: value('To-do', { accepts: name => typeof name === 'string' }), todos: list(ref('todos')) }),
    todos: table({ title: text(), done: flag(false) }),
  },
)

export type TodoTables = typeof todoSchema.tables
export type Todo = RecordOf<TodoTables['todos']['fields']>

/** The one list of a room. */
export const LIST = 'main'

/** What a new room begins with. */
export function fillTodos(transaction: Transaction<TodoTables>): void {
  transaction.lists.create({ name: 'To-do' }, { id: LIST })
}
