/**
 * The smallest application that two people can use together, as the files of a project of its own: a list, and who is here.
 */
export const LIST_APP: Readonly<Record<string, string>> = {
  'src/board.ts': `import { defineSchema, table, value } from 'supermesh/schema'

export const board = defineSchema('org.example.list', { version: 1 }, { items: table({ title: value('') }) })
`,

  'src/list.tsx': `import { useState } from 'react'
import { usePeople, useQuery, useRoom, useStatus, useTransact } from 'supermesh/react'
import { board } from './board'

export function List() {
  const room = useRoom(board)
  const items = useQuery(room.tables.items)
  const transact = useTransact(board)
  const others = usePeople().filter(person => !person.self)
  const isOpen = useStatus().phase === 'open'
  const [title, setTitle] = useState('')

  const add = () => {
    transact(tx => void tx.items.create({ title }))
    setTitle('')
  }

  return (
    <main>
      <p role="status">{others.map(person => \`1 person, \${person.peers.length} page\`).join('; ')}</p>
      <input aria-label="Title" value={title} onChange={event => setTitle(event.target.value)} />
      <button onClick={add} disabled={!isOpen}>Add</button>
      <ul>{items.map(item => <li key={item.id}>{item.title}</li>)}</ul>
    </main>
  )
}
`,

  'src/app.tsx': `import { formatLink, newLink, openRoom } from 'supermesh'
import { RoomProvider, useOpened } from 'supermesh/react'
import { board } from './board'
import { List } from './list'

if (location.hash === '') {
  const link = newLink({ random: crypto.getRandomValues(new Uint8Array(16)) })
  history.replaceState(null, '', \`#\${formatLink(link)}\`)
}
const signaling = new URLSearchParams(location.search).getAll('signaling')

export function App() {
  const room = useOpened(() => openRoom({ schema: board, link: location.hash, signaling }), location.hash)
  return room && (
    <RoomProvider room={room}>
      <h1>A list</h1>
      <List />
    </RoomProvider>
  )
}
`,

  'src/main.tsx': `import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'

const root = document.getElementById('root')
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>)
`,
}
