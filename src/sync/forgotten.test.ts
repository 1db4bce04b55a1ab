import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Entry } from '../protocol/frame.ts'
import { encodeRedo, encodeUndo, rangesOf } from '../protocol/undo.ts'
import { speaksOfForgotten } from './forgotten.ts'

const [AUTHOR, OTHER] = [7, 9]
const edit = fc.record({ store: fc.constantFrom(AUTHOR, OTHER), sequence: fc.integer({ min: 1, max: 9 }) })
const edits = fc.uniqueArray(edit, { minLength: 1, maxLength: 5, selector: JSON.stringify })
const bases = fc.record<Readonly<Record<number, number>>>({ [AUTHOR]: fc.nat(9), [OTHER]: fc.nat(9) })
const speaks = (kind: Entry['kind'], payload: Entry['payload'], base: Readonly<Record<number, number>>) =>
  speaksOfForgotten({ kind, payload }, AUTHOR, store => base[store] ?? 0)

it('Y34: an undo waits when it speaks of any edit without a frame', () => {
  fc.assert(
    fc.property(edits, bases, (taken, base) => {
      const isForgotten = taken.some(({ store, sequence }) => sequence <= (base[store] as number))
      expect(speaks('undo', encodeUndo(rangesOf(taken), AUTHOR), base)).toBe(isForgotten)
    }),
  )
})

it('Y34: a redo waits also when the undo that it takes back has no frame', () => {
  fc.assert(
    fc.property(edits, edit, bases, (taken, undo, base) => {
      const isForgotten = [...taken, undo].some(({ store, sequence }) => sequence <= (base[store] as number))
      const payload = encodeRedo([{ undo, ranges: rangesOf(taken) }], AUTHOR)
      expect(speaks('redo', payload, base)).toBe(isForgotten)
    }),
  )
})

it('Y34: what cannot be read, or is no undo, waits for nothing', () => {
  const base = { [AUTHOR]: 9, [OTHER]: 9 }
  expect(speaks('undo', new Uint8Array([255]), base)).toBe(false)
  expect(speaks('edit', encodeUndo(rangesOf([{ store: OTHER, sequence: 1 }]), AUTHOR), base)).toBe(false)
})
