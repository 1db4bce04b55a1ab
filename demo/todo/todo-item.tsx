/** One todo: ticked, renamed or removed where it stands. */
import { useSet, useTextField } from 'supermesh/react'
import { Icon } from '../chrome/icon.tsx'
import { type Todo, todoSchema } from './todo-schema.ts'

interface TodoItemProps {
  readonly todo: Todo
  readonly readOnly: boolean
  readonly onRemove: (id: string) => void
}

export function TodoItem({ todo, readOnly, onRemove }: TodoItemProps) {
  const set = useSet(todoSchema, 'todos')
  // Typed in by several people at once, each with a caret of their own.
  const titleField = useTextField(todo.title)
  return (
    <li data-testid="todo-item" data-done={todo.done}>
      <input
        type="checkbox"
        aria-label="Done"
        checked={todo.done}
        disabled={readOnly}
        onChange={event => set(todo.id, { done: event.currentTarget.checked })}
      />
      <input ref={titleField} className="todo-title" aria-label="Title" dir="auto" readOnly={readOnly} />
      {!readOnly && (
        <button type="button" className="quiet" aria-label="Remove" onClick={() => onRemove(todo.id)}>
          <Icon name="close" />
        </button>
      )}
    </li>
  )
}
