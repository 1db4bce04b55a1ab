/**
 * A room of Supermesh without the demo around it: `?signaling=ws://…#link`. Read and written through `window.shared`.
 */
import { openRoom } from '../../src/index.ts'
import { defineSchema, table, text } from '../../src/schema.ts'

const schema = defineSchema('supermesh.e2e.bare', { version: 1 }, { notes: table({ body: text() }) })
const room = openRoom({
  schema,
  link: location.hash,
  signaling: new URLSearchParams(location.search).getAll('signaling'),
  storage: 'memory',
})
await room.ready()

Object.assign(window, {
  shared: {
    write: (content: string) => void room.transact(({ notes }) => notes.create({ body: content })),
    read: () =>
      room.tables.notes
        .getSnapshot()
        .map(note => note.body.toString())
        .sort()
        .join(''),
    peers: () => room.status.getSnapshot().peers,
  },
})
