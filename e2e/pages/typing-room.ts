/**
 * A room in which somebody types without end, and says of each word when it is saved: `#link`. Until the browser is killed.
 */
import { openRoom } from '../../src/index.ts'
import { defineSchema, table, text } from '../../src/schema.ts'

const schema = defineSchema('supermesh.e2e.typing', { version: 1 }, { notes: table({ body: text() }) })
const NOTE = 'note'
/** Faster than anybody types, so that there is always something on its way to the disk. */
const BETWEEN_WORDS_MS = 3

const room = openRoom({ schema, link: location.hash })
await room.ready()
const words = () => (room.tables.notes.get(NOTE)?.body.toString() ?? '').split(' ').filter(word => word !== '')

const page = window as unknown as { wordSaved(word: string, where: string): void; typingBegins(words: string[]): void }
page.typingBegins(words())

let next = words().length
setInterval(() => {
  const word = String(next++)
  const edit = room.transact(tx => {
    if (!tx.notes.has(NOTE)) tx.notes.create({}, { id: NOTE })
    const { body } = tx.notes.get(NOTE)
    body.splice(body.length, 0, `${word} `)
  })
  void edit.saved().then(where => page.wordSaved(word, where))
}, BETWEEN_WORDS_MS)
