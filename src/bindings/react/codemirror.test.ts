// @vitest-environment jsdom
import { EditorView } from '@codemirror/view'
import { act, createElement, StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, expect, test } from 'vitest'
import { caret } from '../../store/caret.ts'
import { defineSchema, table, text } from '../../store/schema.ts'
import { createWorld } from '../../testing/world.ts'
import { useCodeMirror } from './codemirror.ts'
import { RoomProvider, useRecord } from './index.ts'

const tables = { notes: table({ body: text() }) }
const schema = defineSchema('supermesh.test.use-codemirror', { version: 1, presence: { caret: caret() } }, tables)

beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})

function setUp() {
  const world = createWorld({ seed: 8 })
  const [ana, ben] = world.rooms(schema, ['ana', 'ben'])
  ana.transact(tx => {
    tx.notes.create({ body: 'one' }, { id: 'n' })
    tx.notes.create({ body: 'two' }, { id: 'm' })
  })
  world.settleNow()
  return { world, ana, ben }
}

test('an element becomes the editor of a text, of another text, and of none', async () => {
  const { world, ana, ben } = setUp()
  let show: (id: string) => void = () => {}
  const Note = () => {
    const [id, setId] = useState('n')
    show = setId
    const [note] = useRecord(schema.notes, id)
    return createElement('div', { ref: useCodeMirror(note?.body) })
  }
  const host = document.createElement('div')
  document.body.append(host)
  const root = createRoot(host)
  const room = createElement(RoomProvider<typeof schema>, { room: ana }, createElement(Note))
  act(() => root.render(createElement(StrictMode, null, room)))
  const editors = () => [...host.querySelectorAll<HTMLElement>('.cm-editor')].map(each => EditorView.findFromDOM(each))
  const shown = () => editors().map(view => view?.state.doc.toString())
  expect(shown()).toEqual(['one'])

  const [first] = editors()
  await act(async () => {
    ben.tables.notes.get('n')?.body.splice(3, 0, ' more')
    world.settleNow()
  })
  act(() => first?.dispatch({ changes: { from: 0, insert: 'no ' } }))
  expect(shown()).toEqual(['no one more'])
  expect(editors()[0]).toBe(first)
  expect(ana.tables.notes.get('n')?.body.toString()).toBe('no one more')

  act(() => first?.focus())
  await act(async () => undefined)
  expect(ana.presence.getSnapshot().caret?.text).toBe('notes/n/body')
  await act(async () => show('m'))
  expect(shown()).toEqual(['two'])
  expect(ana.presence.getSnapshot().caret).toBeNull()
  await act(async () => ana.transact(tx => tx.notes.remove('m')))
  expect(shown()).toEqual([])
  await act(async () => show('n'))
  expect(shown()).toEqual(['no one more'])
  act(() => root.unmount())
  expect(document.querySelectorAll('.cm-editor')).toHaveLength(0)
})
