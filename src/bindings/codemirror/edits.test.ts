import { ChangeSet, Text } from '@codemirror/state'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TextEdit } from '../../store/record.ts'
import { editBetween } from '../text-edit.ts'
import { editsOf } from './edits.ts'

/** Few letters, and characters of two units that share a half with each other. */
const characters = fc.constantFrom('a', 'b', '\n', '😀', '😁', '🙀', 'é')
const texts = fc.array(characters, { maxLength: 12 }).map(parts => parts.join(''))

function apply(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce((before, { index, remove, insert }) => {
    expect(before.slice(0, index).isWellFormed()).toBe(true)
    expect(before.slice(index + remove).isWellFormed()).toBe(true)
    expect(insert.isWellFormed()).toBe(true)
    return before.slice(0, index) + insert + before.slice(index + remove)
  }, text)
}

test('the one edit between two texts leads from one to the other, by whole characters', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const edit = editBetween(before, after)
      expect(edit === null).toBe(before === after)
      expect(apply(before, edit ? [edit] : [])).toBe(after)
    }),
  )
})

test('a change of half a character becomes one of a whole character', () => {
  const before = Text.of(['x😀y'])
  const changes = ChangeSet.of({ from: 2, to: 3, insert: '😁'[1] ?? '' }, before.length)
  expect(editsOf(changes, before, changes.apply(before))).toEqual([{ index: 1, remove: 2, insert: '😁' }])
})

test('several changed ranges become splices that follow one another', () => {
  const before = Text.of(['one two three'])
  const changes = ChangeSet.of(
    [
      { from: 0, to: 3, insert: '1' },
      { from: 4, insert: '+' },
      { from: 8, to: 13 },
    ],
    before.length,
  )
  expect(apply('one two three', editsOf(changes, before, changes.apply(before)))).toBe('1 +two ')
})
