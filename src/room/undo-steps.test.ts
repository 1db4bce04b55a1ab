import { describe, expect, it } from 'vitest'
import { NO_STEPS, step, type UndoEvent, type UndoSteps } from './undo-steps.ts'

const edit = (sequence: number, time: number, fields = 'notes/n/t.title', label = ''): UndoEvent => ({
  type: 'edit',
  edit: { store: 1, sequence },
  ...{ time, fields, label },
})
const back = (type: 'undo' | 'redo', ...sequences: number[]): UndoEvent => ({
  type,
  of: sequences.map(sequence => ({ store: 1, sequence })),
})
const stepsOf = (...events: UndoEvent[]) =>
  events.reduce<UndoSteps>((steps, event) => step(steps, event, 500), NO_STEPS)
const numbers = ({ undo, redo }: UndoSteps) =>
  [undo, redo].map(steps => steps.map(({ edits }) => edits.map(({ sequence }) => sequence)))

describe('steps', () => {
  it('U6: edits of the same fields that come soon after one another are one', () => {
    expect(numbers(stepsOf(edit(1, 0), edit(2, 500), edit(3, 1000)))).toEqual([[[1, 2, 3]], []])
    expect(numbers(stepsOf(edit(1, 0), edit(2, 501)))).toEqual([[[1], [2]], []])
    expect(numbers(stepsOf(edit(1, 0), edit(2, 0, 'notes/n/r.stars'), edit(3, 0)))).toEqual([[[1], [2], [3]], []])
    expect(numbers(stepsOf(edit(1, 0), edit(2, 0, 'notes/n/t.title', 'Paste')))).toEqual([[[1], [2]], []])
  })

  it('U5: are undone and redone in order, and a new edit ends what could be redone', () => {
    const three = [edit(1, 0), edit(2, 1000), edit(3, 2000)]
    expect(numbers(stepsOf(...three, back('undo', 3)))).toEqual([[[1], [2]], [[3]]])
    expect(numbers(stepsOf(...three, back('undo', 3), back('undo', 2)))).toEqual([[[1]], [[3], [2]]])
    expect(numbers(stepsOf(...three, back('undo', 3), back('undo', 2), back('redo', 2)))).toEqual([[[1], [2]], [[3]]])
    expect(numbers(stepsOf(...three, back('undo', 3), edit(4, 2100)))).toEqual([[[1], [2], [4]], []])
  })

  it('U6: nothing joins a step that an undo has passed', () => {
    expect(numbers(stepsOf(edit(1, 0), edit(2, 1000), back('undo', 2), edit(3, 1001), edit(4, 1002)))).toEqual([
      [[1], [3, 4]],
      [],
    ])
    expect(numbers(stepsOf(edit(1, 0), back('undo', 1), back('redo', 1), edit(2, 1)))).toEqual([[[1], [2]], []])
  })

  it('U5: an undo of what is in no step changes nothing', () => {
    const steps = stepsOf(edit(1, 0))
    expect(step(steps, back('undo', 9), 500)).toBe(steps)
    expect(step(steps, back('redo', 1), 500)).toBe(steps)
  })

  it('are as many as anybody will take back, and no more', () => {
    const many = stepsOf(...Array.from({ length: 1500 }, (_, i) => edit(i + 1, i * 1000)))
    expect([many.undo.length, many.undo[0]?.edits[0]?.sequence]).toEqual([1000, 501])
    const long = stepsOf(...Array.from({ length: 1500 }, (_, i) => edit(i + 1, i)))
    expect(long.undo.map(({ edits }) => edits.length)).toEqual([1000, 500])
  })
})
