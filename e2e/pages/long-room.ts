/**
 * A room in which much has been written: `?signaling=ws://…#link`. Driven through `window.longRoom`; it stays on the disk.
 */
import { openRoom } from '../../src/index.ts'
import { defineSchema, table, text } from '../../src/schema.ts'

const schema = defineSchema('supermesh.e2e.long', { version: 1 }, { notes: table({ body: text() }) })
const NOTE = 'note'

const room = openRoom({
  schema,
  link: location.hash,
  signaling: new URLSearchParams(location.search).getAll('signaling'),
})
let snapshots = 0
room.trace.subscribe(({ type }) => {
  if (type === 'sync-replaced') snapshots++
})
await room.ready()

Object.assign(window, {
  longRoom: {
    /** A transaction for each character, at the end. */
    async type(content: string) {
      for (const character of content) {
        room.transact(tx => {
          if (!tx.notes.has(NOTE)) tx.notes.create({}, { id: NOTE })
          const { body } = tx.notes.get(NOTE)
          body.splice(body.length, 0, character)
        })
      }
      await room.flushed()
    },
    read: () => room.tables.notes.get(NOTE)?.body.toString() ?? '',
    snapshots: () => snapshots,
    undo: () => room.undoManager().undo(),
    history: () => [...room.history()].length,
  },
})
