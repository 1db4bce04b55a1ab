/**
 * A to-do list that people tick off together: the smallest application of the kit, to be read from top to bottom.
 *
 * A schema says what a list is (todo-schema.ts), a room keeps it equal for everybody, and hooks read and change it.
 */
import { type FormEvent, useState } from 'react'
import { RoomProvider, useMe, useOpened, useQuery, useRecord, useRoom, useSet, useTransact } from 'supermesh/react'
import { type RoomPlace, roomName } from '../address.ts'
import { RoomFrame } from '../chrome/room-frame.tsx'
import { TitleField } from '../chrome/title-field.tsx'
import { openDemoRoom } from '../room-session.ts'
import { useTitle } from '../use-title.ts'
import { TodoItem } from './todo-item.tsx'
import { fillTodos, LIST, type Todo, todoSchema } from './todo-schema.ts'
import '../style/todo.css'

const FILTERS = {
  All: () => true,
  Open: (todo: Todo) => !todo.done,
  Done: (todo: Todo) => todo.done,
} as const
type Filter = keyof typeof FILTERS

interface TodoPageProps {
  readonly place: RoomPlace
  readonly onLeave: () => void
}

/** Opens the room and gives it to everything inside. */
export function TodoPage({ place, onLeave }: TodoPageProps) {
  const room = useOpened(() => openDemoRoom(place, todoSchema, fillTodos), roomName(place.link))
  return (
    room && (
      <RoomProvider room={room}>
        <TodoRoom place={place} onLeave={onLeave} />
      </RoomProvider>
    )
  )
}

function TodoRoom({ place, onLeave }: TodoPageProps) {
  const room = useRoom(todoSchema)
  const list = useRecord(room.tables.lists, LIST)
  const rename = useSet(todoSchema, 'lists')
  const readOnly = useMe()?.right === 'view'
  useTitle(room, list?.name ?? '')
  const title = (
    <TitleField value={list?.name ?? ''} disabled={readOnly || !list} onChange={name => rename(LIST, { name })} />
  )
  return (
    <RoomFrame place={place} room={room} title={title} onLeave={onLeave}>
      <TodoList readOnly={readOnly || !list} />
    </RoomFrame>
  )
}

function TodoList({ readOnly }: { readonly readOnly: boolean }) {
  const [filter, setFilter] = useState<Filter>('All')
  const { tables } = useRoom(todoSchema)
  const todos = useTodos()
  const transact = useTransact(todoSchema)
  const shown = todos.filter(FILTERS[filter])
  const left = todos.filter(FILTERS.Open).length

  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const title = String(new FormData(form).get('title') ?? '').trim()
    if (title === '') return
    // One transaction is one change, for everybody: no replica ever sees a todo without its place.
    transact(tx => tx.lists.get(LIST).todos.push(tx.todos.create({ title })))
    form.reset()
  }
  const remove = (id: string) =>
    transact(tx => {
      const at = tables.lists.get(LIST)?.todos.toArray().indexOf(id) ?? -1
      if (at >= 0) tx.lists.get(LIST).todos.splice(at, 1, [])
      tx.todos.remove(id)
    })

  return (
    <div className="todos">
      {!readOnly && (
        <form onSubmit={add} className="todo-add">
          <input
            name="title"
            data-testid="todo-new"
            placeholder="What is to be done?"
            aria-label="New todo"
            dir="auto"
            autoComplete="off"
          />
          <button type="submit" className="primary">
            Add
          </button>
        </form>
      )}
      <div className="todo-bar">
        <span role="status">{todos.length === 0 ? 'Nothing yet' : left === 0 ? 'All done' : `${left} to do`}</span>
        <fieldset className="segments">
          <legend className="visually-hidden">Show</legend>
          {(Object.keys(FILTERS) as Filter[]).map(each => (
            <label key={each}>
              <input type="radio" name="filter" checked={filter === each} onChange={() => setFilter(each)} />
              <span>{each}</span>
            </label>
          ))}
        </fieldset>
      </div>
      {shown.length === 0 && <p className="todo-empty">{EMPTY[filter]}</p>}
      <ul>
        {shown.map(todo => (
          <TodoItem key={todo.id} todo={todo} readOnly={readOnly} onRemove={remove} />
        ))}
      </ul>
    </div>
  )
}

const EMPTY: Readonly<Record<Filter, string>> = {
  All: 'Write down the first thing, and share the address: others can add to the list at once.',
  Open: 'Nothing is left to do.',
  Done: 'Nothing is done yet.',
}

/** The todos in the order of the list. */
function useTodos(): readonly Todo[] {
  const { tables } = useRoom(todoSchema)
  const all = useQuery(tables.todos)
  const order = useRecord(tables.lists, LIST)?.todos.toArray() ?? []
  const byId = new Map(all.map(todo => [todo.id, todo]))
  return [...new Set(order)].flatMap(id => byId.get(id) ?? [])
}
