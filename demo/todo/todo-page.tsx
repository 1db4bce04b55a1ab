/** A to-do list that people tick off together: the smallest application of the kit, to be read from top to bottom. */
import { type FormEvent, useState } from 'react'
import { RoomProvider, useOpened, useQuery, useRecord, useRight, useRoom, useTextField, useUndo } from 'supermesh/react'
import { type RoomPlace, roomName } from '../address.ts'
import { Icon } from '../chrome/icon.tsx'
import { RoomFrame } from '../chrome/room-frame.tsx'
import { Segments } from '../chrome/segments.tsx'
import { TitleField } from '../chrome/title-field.tsx'
import { UndoButtons } from '../chrome/undo-buttons.tsx'
import { openDemoRoom } from '../room-session.ts'
import { useTitle } from '../use-title.ts'
import { board, fillBoard, LIST } from './todo-schema.ts'
import '../style/todo.css'

const FILTERS = ['All', 'Open', 'Done'] as const
const EMPTY = {
  All: 'Write down the first thing, and share the address: others can add to the list at once.',
  Open: 'Nothing is left to do.',
  Done: 'Nothing is done yet.',
}

type TodoPageProps = { readonly place: RoomPlace; readonly onLeave: () => void }

/** Opens the room and gives it to everything inside. */
export function TodoPage({ place, onLeave }: TodoPageProps) {
  const room = useOpened(() => openDemoRoom(place, board, fillBoard), roomName(place.link))
  if (!room) return null
  return (
    <RoomProvider room={room}>
      <TodoRoom place={place} onLeave={onLeave} />
    </RoomProvider>
  )
}

function TodoRoom({ place, onLeave }: TodoPageProps) {
  const room = useRoom(board)
  const [list, change] = useRecord(board.lists, LIST)
  const canEdit = useRight('edit') && list !== undefined
  useTitle(room, list?.name ?? '')
  const title = <TitleField value={list?.name ?? ''} disabled={!canEdit} onChange={name => change({ name })} />
  return (
    <RoomFrame place={place} room={room} title={title} onLeave={onLeave}>
      <Todos canEdit={canEdit} />
    </RoomFrame>
  )
}

function Todos({ canEdit }: { readonly canEdit: boolean }) {
  const { transact } = useRoom(board)
  const undo = useUndo(board)
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>('All')
  const [list] = useRecord(board.lists, LIST)
  const open = useQuery(board.todos, todos => todos.where({ done: false }).map(({ id }) => id))
  const done = useQuery(board.todos, todos => todos.where({ done: true }).map(({ id }) => id))
  const inFilter = new Set({ All: [...open, ...done], Open: open, Done: done }[filter])
  const shown = [...new Set(list?.todos.toArray())].filter(id => inFilter.has(id))

  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const title = String(new FormData(event.currentTarget).get('title')).trim()
    if (title === '') return
    // One transaction is one change, for everybody: no replica ever sees a todo without its place.
    transact(tx => tx.lists.get(LIST).todos.push(tx.todos.create({ title })), { label: 'adding' })
    event.currentTarget.reset()
  }

  return (
    <div className="todos">
      {canEdit && (
        <form onSubmit={add} className="todo-add">
          <input
            name="title"
            data-testid="todo-new"
            placeholder="What is to be done?"
            aria-label="New todo"
            dir="auto"
          />
          <button type="submit" className="primary">
            Add
          </button>
        </form>
      )}
      <div className="todo-bar">
        <span role="status">
          {open.length > 0 ? `${open.length} to do` : done.length > 0 ? 'All done' : 'Nothing yet'}
        </span>
        {canEdit && <UndoButtons {...undo} />}
        <Segments label="Show" options={FILTERS} chosen={filter} onChoose={setFilter} />
      </div>
      {shown.length === 0 && <p className="todo-empty">{EMPTY[filter]}</p>}
      <ul>
        {shown.map(id => (
          <Todo key={id} id={id} canEdit={canEdit} />
        ))}
      </ul>
    </div>
  )
}

/** One todo: ticked, renamed or removed where it stands. */
function Todo({ id, canEdit }: { readonly id: string; readonly canEdit: boolean }) {
  const { transact } = useRoom(board)
  const [todo, change] = useRecord(board.todos, id)
  // Typed in by several people at once, each with a caret of their own.
  const titleField = useTextField(todo?.title, { undo: useUndo(board, { records: [id] }) })
  if (!todo) return null

  const remove = () =>
    transact(
      tx => {
        tx.lists.get(LIST).todos.remove(id)
        tx.todos.remove(id)
      },
      { label: 'removing' },
    )

  return (
    <li data-testid="todo-item" data-done={todo.done}>
      <input
        type="checkbox"
        aria-label="Done"
        checked={todo.done}
        disabled={!canEdit}
        onChange={event => change({ done: event.currentTarget.checked })}
      />
      <textarea ref={titleField} className="todo-title" aria-label="Title" dir="auto" rows={1} readOnly={!canEdit} />
      {canEdit && (
        <button type="button" className="quiet" aria-label="Remove" onClick={remove}>
          <Icon name="close" />
        </button>
      )}
    </li>
  )
}
