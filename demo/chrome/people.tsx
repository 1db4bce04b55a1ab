/** Who is here: one circle for each person; the own one can be renamed, the one that runs the code is marked. */
import { type CSSProperties, useState } from 'react'
import type { Participant } from 'supermesh'
import { usePeople } from 'supermesh/react'
import { setPreferences } from '../preferences.ts'
import { Icon } from './icon.tsx'

export type Supernode = Pick<Participant, 'name' | 'self'>

interface PeopleProps {
  /** Whose page runs the code. */
  readonly supernode?: Supernode
  readonly onRename: (name: string) => void
}

/** More would push the rest of the bar away. */
const SHOWN = 6

export function People({ supernode, onRename }: PeopleProps) {
  const people = usePeople()
  const hidden = people.slice(SHOWN)
  const hosts = ({ name, self }: Participant) => name === supernode?.name && self === supernode.self
  return (
    <ul className="people" data-testid="people" aria-label="People here">
      {people.slice(0, SHOWN).map(person => (
        <li
          key={person.id}
          data-testid="person"
          data-name={person.name}
          data-self={person.self}
          data-supernode={hosts(person)}
        >
          {person.self ? (
            <OwnName person={person} hosts={hosts(person)} onRename={onRename} />
          ) : (
            <Avatar person={person} hosts={hosts(person)} />
          )}
        </li>
      ))}
      {hidden.length > 0 && <li title={hidden.map(({ name }) => name).join(', ')}>+{hidden.length}</li>}
    </ul>
  )
}

function Avatar({ person, hosts }: { readonly person: Participant; readonly hosts: boolean }) {
  const label = `${person.name}${person.self ? ' (you)' : ''}${hosts ? ', runs the code' : ''}`
  return (
    <span className="avatar" style={{ '--sm-person': person.colour } as CSSProperties} title={label}>
      <span aria-hidden="true">{initials(person.name)}</span>
      <span className="visually-hidden">{label}</span>
      {hosts && (
        <span className="avatar-host">
          <Icon name="chip" />
        </span>
      )}
    </span>
  )
}

function OwnName({
  person,
  hosts,
  onRename,
}: {
  person: Participant
  hosts: boolean
  onRename: (name: string) => void
}) {
  const [editing, setEditing] = useState(false)
  const finish = (name: string) => {
    setEditing(false)
    const trimmed = name.trim().slice(0, 64)
    if (trimmed === '' || trimmed === person.name) return
    setPreferences({ name: trimmed })
    onRename(trimmed)
  }
  return (
    <span className="own-name">
      <button type="button" className="avatar-button" onClick={() => setEditing(true)} title="Change your name">
        <Avatar person={person} hosts={hosts} />
      </button>
      {editing && (
        <input
          className="own-name-field"
          data-testid="own-name"
          defaultValue={person.name}
          maxLength={64}
          dir="auto"
          aria-label="Your name"
          ref={field => field?.select()}
          onBlur={event => finish(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') finish(event.currentTarget.value)
            else if (event.key === 'Escape') setEditing(false)
          }}
        />
      )}
    </span>
  )
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(word => word !== '')
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map(word => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase()
}
