// @vitest-environment happy-dom
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defineSchema, table, text } from '../../store/schema.ts'
import { createWorld } from '../../testing/world.ts'
import { bindTextField } from './text-field.ts'

const schema = defineSchema('supermesh.test.field', { version: 1 }, { notes: table({ title: text() }) })

function setUp(initial: string, withUndo = false) {
  const world = createWorld({ seed: 3 })
  const [mine, theirs] = world.rooms(schema, ['ana', 'ben'])
  mine.transact(tx => void tx.notes.create({ title: initial }, { id: 'n' }))
  world.settleNow()
  const read = () => mine.tables.notes.get('n')?.title
  const element = document.createElement('input')
  document.body.append(element)
  const start = read()
  const binding = start && bindTextField(element, start, withUndo ? mine.undoManager() : undefined)
  const type = (index: number, remove: number, insert: string) => {
    element.value = element.value.slice(0, index) + insert + element.value.slice(index + remove)
    element.setSelectionRange(index + insert.length, index + insert.length)
  }
  const input = () => element.dispatchEvent(new Event('input'))
  return { world, element, read, binding, type, input, there: () => theirs.tables.notes.get('n')?.title }
}

test('whatever is typed, composed and received, the field shows what the room holds', () => {
  const operation = fc.record({
    kind: fc.constantFrom('type', 'compose', 'stop composing', 'write there', 'hear'),
    at: fc.nat(100),
    remove: fc.nat(3),
    insert: fc.constantFrom('x', 'yz', '漢字', ''),
  })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 20 }), operations => {
      const { world, element, read, type, input, there } = setUp('hello')
      let composing = false
      const compose = (next: boolean) => {
        if (next === composing) return
        composing = next
        element.dispatchEvent(new Event(next ? 'compositionstart' : 'compositionend'))
      }
      for (const { kind, at, remove, insert } of operations) {
        if (kind === 'type' || kind === 'compose') {
          compose(kind === 'compose')
          type(at % (element.value.length + 1), remove, insert)
          input()
        } else if (kind === 'stop composing') compose(false)
        else if (kind === 'write there') there()?.splice(at % ((there()?.length ?? 0) + 1), 0, insert)
        else world.pass(40)
        if (!composing) expect(element.value).toBe(read()?.toString())
      }
      compose(false)
      world.settleNow()
      expect(element.value).toBe(read()?.toString())
      expect(there()?.toString()).toBe(read()?.toString())
    }),
    { numRuns: 60 },
  )
})

test('the caret stays with its character, and a composition is not disturbed', () => {
  const { world, element, type, there, read } = setUp('world')
  element.focus()
  element.setSelectionRange(2, 2)
  there()?.splice(0, 0, 'hello ')
  world.settleNow()
  expect([element.value, element.selectionStart]).toEqual(['hello world', 8])

  element.dispatchEvent(new Event('compositionstart'))
  type(11, 0, 'か')
  there()?.splice(0, 6, '')
  world.settleNow()
  expect(element.value).toBe('hello worldか')
  element.dispatchEvent(new Event('compositionend'))
  expect([element.value, read()?.toString()]).toEqual(['worldか', 'worldか'])
})

test('what changed before the binding began to listen is taken up', () => {
  const { element, read, binding } = setUp('one')
  binding?.dispose()
  read()?.splice(3, 0, ' two')
  expect(element.value).toBe('one')
  const now = read()
  if (now) binding?.follow(now)
  expect(element.value).toBe('one two')
})

test('undo and redo go where they are routed, and the caret with them', () => {
  const { world, element, type, input, there } = setUp('', true)
  element.focus()
  for (const word of ['one', ' two']) {
    type(element.value.length, 0, word)
    input()
    world.pass(1000)
  }
  there()?.splice(0, 0, 'zero ')
  world.settleNow()
  element.setSelectionRange(0, 0)
  const press = (key: string) =>
    element.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, cancelable: true }))
  expect(press('z')).toBe(false)
  expect([element.value, element.selectionStart]).toEqual(['zero one', 8])
  element.dispatchEvent(new InputEvent('beforeinput', { inputType: 'historyUndo', cancelable: true }))
  expect([element.value, element.selectionStart]).toEqual(['zero ', 5])
  press('y')
  press('y')
  expect([element.value, element.selectionStart]).toEqual(['zero one two', 12])
})
