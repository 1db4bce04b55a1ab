// @vitest-environment jsdom
import { history, undo } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { caret } from '../../store/caret.ts'
import { defineSchema, table, text } from '../../store/schema.ts'
import { createWorld } from '../../testing/world.ts'
import { caretsIn } from './carets.ts'
import { type EditorExtensionOptions, editorExtension } from './editor-extension.ts'

const schema = defineSchema(
  'supermesh.test.editor',
  { version: 1, presence: { caret: caret() } },
  { notes: table({ body: text() }) },
)
const views: EditorView[] = []

afterEach(() => {
  for (const view of views.splice(0)) view.destroy()
})

/** Two people with one text, and an editor on the text of the first. */
function setUp(initial: string) {
  const world = createWorld({ seed: 5 })
  const [mine, theirs] = world.rooms(schema, ['ana', 'ben'])
  mine.transact(tx => void tx.notes.create({ body: initial }, { id: 'n' }))
  world.settleNow()
  const read = () => mine.tables.notes.get('n')?.body
  const open = (options: EditorExtensionOptions = {}) => {
    const now = read()
    const view = new EditorView({
      parent: document.body,
      state: EditorState.create({
        doc: now?.toString() ?? '',
        extensions: [history(), now ? editorExtension(now, { presence: mine, ...options }) : []],
      }),
    })
    views.push(view)
    return view
  }
  return { world, mine, theirs, read, open, body: () => theirs.tables.notes.get('n')?.body }
}

const lettersAndPairs = fc.constantFrom('a', 'bc', '\n', '😀', '\r\n', 'ü', '')
const place = fc.nat(1000)

/** An index of `content` at which no character is split. */
function boundary(content: string, at: number): number {
  const index = at % (content.length + 1)
  return content.slice(0, index).isWellFormed() ? index : index - 1
}

test('whatever is typed here and there, and however it arrives, editor and text stay equal', async () => {
  const operation = fc.record({
    kind: fc.constantFrom('type', 'type in two places', 'write elsewhere here', 'write there', 'hear', 'both at once'),
    from: place,
    to: place,
    insert: lettersAndPairs,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async operations => {
      const { world, read, open, body } = setUp('line one\nline 😀 two')
      const [view, second] = [open(), open()]
      for (const { kind, from, to, insert } of operations) {
        const text = view.state.doc.toString()
        const [start, end] = [boundary(text, from), boundary(text, to)].sort((a, b) => a - b) as [number, number]
        if (kind === 'type') view.dispatch({ changes: { from: start, to: end, insert } })
        else if (kind === 'type in two places') {
          view.dispatch({
            changes: [
              { from: start, insert },
              { from: end, insert: 'Z' },
            ],
          })
        } else if (kind === 'write elsewhere here') read()?.splice(start, end - start, insert)
        else if (kind === 'both at once') {
          view.dispatch({ changes: { from: start, insert } })
          second.dispatch({ changes: { from: 0, insert: '2' } })
        } else if (kind === 'write there') {
          const other = body()
          if (other) other.splice(boundary(other.toString(), from), 0, insert)
        } else world.pass(40)
        expect(view.state.doc.toString()).toBe(read()?.toString())
        expect(second.state.doc.toString()).toBe(read()?.toString())
      }
      expect(world.settleNow().difference()).toBeNull()
      await Promise.resolve()
      expect(view.state.doc.toString()).toBe(read()?.toString())
      expect(body()?.toString()).toBe(read()?.toString())
    }),
    { numRuns: 40 },
  )
})

test('one change of several ranges is one edit of the room', () => {
  const { mine, open, read } = setUp('aXbXc')
  const view = open()
  const edits: unknown[] = []
  mine.changed.subscribe(change => edits.push(change))
  view.dispatch({
    changes: [
      { from: 1, to: 2, insert: '--' },
      { from: 3, to: 4, insert: '--' },
    ],
  })
  expect(read()?.toString()).toBe('a--b--c')
  expect(edits).toHaveLength(1)
})

test('undo takes back what was typed here, and nothing that came from elsewhere', () => {
  const { world, open, read, body } = setUp('')
  const view = open()
  view.dispatch({ changes: { from: 0, insert: 'mine' } })
  world.settleNow()
  body()?.splice(0, 0, 'theirs ')
  world.settleNow()
  expect(view.state.doc.toString()).toBe('theirs mine')
  undo(view)
  expect(read()?.toString()).toBe('theirs ')
})

test('an edit inside a transaction that is then thrown away leaves the editor with what the room holds', async () => {
  const { mine, open, read } = setUp('kept')
  const view = open()
  expect(() =>
    mine.transact(() => {
      view.dispatch({ changes: { from: 0, insert: 'lost ' } })
      throw new Error('changed my mind')
    }),
  ).toThrow('changed my mind')
  view.dispatch({ changes: { from: 0, insert: '!' } })
  await Promise.resolve()
  expect(view.state.doc.toString()).toBe(read()?.toString())
})

test('an answer of the same length to what was typed comes into the editor, and what was given up leaves it', async () => {
  const { mine, open, read } = setUp('')
  const view = open()
  const end = mine.changed.subscribe(() => {
    const text = read()
    if (text?.toString() === 'hi') text.splice(0, 1, 'H')
  })
  view.dispatch({ changes: { from: 0, insert: 'hi' } })
  await Promise.resolve()
  expect([view.state.doc.toString(), read()?.toString()]).toEqual(['Hi', 'Hi'])
  end()
  const giveUp = () =>
    mine.transact(() => {
      view.dispatch({ changes: { from: 2, insert: ' lost' } })
      throw new Error('changed my mind')
    })
  expect(giveUp).toThrow('changed my mind')
  await Promise.resolve()
  expect([view.state.doc.toString(), read()?.toString()]).toEqual(['Hi', 'Hi'])
})

test('an editor is read-only for whoever may not write', () => {
  const world = createWorld({ seed: 1 })
  const [ana] = world.rooms(schema, ['ana'])
  const [viewer] = world.rooms(schema, ['vera'], { right: 'view' })
  ana.transact(tx => tx.notes.create({ body: 'x' }, { id: 'n' }))
  world.settleNow()
  const readOnly = [ana, viewer].map(room => {
    const body = room.tables.notes.get('n')?.body
    return EditorState.create({ extensions: body ? editorExtension(body) : [] }).readOnly
  })
  expect(readOnly).toEqual([false, true])
})

test('an editor that comes later, and one that has ended, do no harm', () => {
  const { world, open, read, body } = setUp('first')
  open().destroy()
  body()?.splice(5, 0, ' second')
  world.settleNow()
  const view = open()
  expect(view.state.doc.toString()).toBe('first second')
  view.dispatch({ changes: { from: 0, insert: '> ' } })
  expect(read()?.toString()).toBe('> first second')
})

test('the own selection is told as anchors, and a caret of another moves with the text', async () => {
  const { open, read, mine, theirs, body, world } = setUp('hello')
  const view = open()
  view.focus()
  view.dispatch({ selection: { anchor: 1, head: 3 } })
  await Promise.resolve()
  const selection = mine.presence.getSnapshot().caret
  world.settleNow()
  const seen = theirs.people.getSnapshot().find(({ self }) => !self)?.presence.caret
  expect(seen).toEqual(selection)
  expect(selection && [read()?.indexOf(selection.anchor), read()?.indexOf(selection.head)]).toEqual([1, 3])
  body()?.splice(0, 0, '>> ')
  world.settleNow()
  expect(selection && [read()?.indexOf(selection.anchor), read()?.indexOf(selection.head)]).toEqual([4, 6])

  const end = body()?.anchor(8, 'before')
  if (end) theirs.presence.set({ caret: { text: 'notes/n/body', anchor: end, head: end } })
  world.settleNow()
  await Promise.resolve()
  expect(caretsOf(view)).toEqual([8])
  view.dispatch({ changes: { from: 0, insert: '--' } })
  expect(caretsOf(view)).toEqual([10])
})

test('undo and redo go to the room when they are routed there, and to no other history', () => {
  const { open, read } = setUp('')
  const asked: string[] = []
  const undo = { undo: () => asked.push('undo'), redo: () => asked.push('redo') }
  const view = open({ undo })
  view.dispatch({ changes: { from: 0, insert: 'typed' } })
  const press = (key: string, more: KeyboardEventInit = {}) =>
    view.contentDOM.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, cancelable: true, ...more }))
  for (const answer of [press('z'), press('y'), press('Z', { shiftKey: true, keyCode: 90 })]) expect(answer).toBe(false)
  press('я', { code: 'KeyZ' })
  expect(press('z', { altKey: true })).toBe(true)
  const menu = new InputEvent('beforeinput', { inputType: 'historyRedo', cancelable: true, bubbles: true })
  view.contentDOM.dispatchEvent(menu)
  expect([asked, menu.defaultPrevented]).toEqual([['undo', 'redo', 'redo', 'undo', 'redo'], true])
  expect(read()?.toString()).toBe('typed')
})

test('undo of the room takes back what was typed here, where it stands now, and the caret goes there', () => {
  const { world, mine, open, body } = setUp('')
  const undo = mine.undoManager({ records: ['n'], mergeWithinMs: 0 })
  const view = open({ undo })
  view.focus()
  view.dispatch({ changes: { from: 0, insert: 'one' }, selection: { anchor: 3 } })
  world.pass(1000)
  view.dispatch({ changes: { from: 3, insert: ' two' }, selection: { anchor: 7 } })
  world.settleNow()
  body()?.splice(0, 0, 'zero ')
  world.settleNow()
  view.dispatch({ selection: { anchor: 0 } })
  const press = (shiftKey: boolean) =>
    view.contentDOM.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, shiftKey, cancelable: true }))
  const seen = () => [view.state.doc.toString(), view.state.selection.main.head]
  press(false)
  expect(seen()).toEqual(['zero one', 8])
  press(false)
  expect(seen()).toEqual(['zero ', 5])
  press(true)
  press(true)
  expect(seen()).toEqual(['zero one two', 12])
  world.settleNow()
  expect(body()?.toString()).toBe('zero one two')
})

/** Where the carets of the others are drawn: layers need a layout, the state behind them does not. */
function caretsOf(view: EditorView): readonly number[] {
  return caretsIn(view.state).map(({ head }) => head)
}
