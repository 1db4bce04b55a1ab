import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ElementId, Operation } from '../protocol/patch.ts'
import { createSequence, type Sequence } from './sequence.ts'
import { anchorAt, indexOfAnchor } from './text-view.ts'

/** Replicas of one text, and the operations of each in the order of its author. */
function createCircle(count: number, storeOf = (i: number) => i + 1) {
  const made: { by: number; operation: Operation<string>; past: ReadonlySet<number> }[] = []
  const replicas = Array.from({ length: count }, (_, i) => {
    const sequence = createSequence<string>('')
    const has = new Set<number>()
    let clock = 0
    const keep = (operation: Operation<string>) => {
      made.push({ by: i, operation, past: new Set(has) })
      has.add(made.length - 1)
    }
    return {
      sequence,
      type(index: number, text: string) {
        const id: ElementId = { store: storeOf(i), clock }
        clock += text.length
        keep(sequence.insertAt(index, text, id))
      },
      erase(index: number, length: number) {
        keep(sequence.removeAt(index, length).operation)
      },
      /** Takes one more operation whose past is here, chosen by `choice`; false when there is none. */
      receive(choice: number): boolean {
        const ready = made.flatMap(({ past }, k) => (!has.has(k) && [...past].every(j => has.has(j)) ? [k] : []))
        const k = ready[choice % ready.length]
        if (k === undefined) return false
        sequence.apply((made[k] as (typeof made)[number]).operation)
        has.add(k)
        return true
      },
    }
  })
  return {
    replicas,
    at: (i: number) => replicas[i] as (typeof replicas)[number],
    /** Everybody gets everything, in an order of its own. */
    exchange(choices: readonly number[] = [0]) {
      for (const [i, replica] of replicas.entries()) {
        for (let k = i; replica.receive(choices[k % choices.length] ?? 0); ) k++
      }
    },
  }
}

const pictures = (replicas: readonly { readonly sequence: Sequence<string> }[]) =>
  replicas.map(({ sequence }) => ({ text: sequence.content(), spans: sequence.describe() }))

const steps = fc.array(
  fc.record({ who: fc.nat(2), what: fc.nat(9), at: fc.nat(40), text: fc.constantFrom('x', 'yz') }),
  {
    minLength: 1,
    maxLength: 40,
  },
)

describe('the sequence', () => {
  it('S1: ends the same on every replica, internals included, whatever came in whatever order', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(99), { minLength: 1, maxLength: 20 }), (script, choices) => {
        const circle = createCircle(3)
        for (const { who, what, at, text } of script) {
          const replica = circle.at(who)
          const { length } = replica.sequence
          if (what < 5) replica.type(at % (length + 1), text)
          else if (what < 7 && length > 0) replica.erase(at % length, Math.min(1 + (what % 2), length - (at % length)))
          else replica.receive(at)
        }
        circle.exchange(choices)
        const [first, ...others] = pictures(circle.replicas)
        for (const other of others) expect(other).toEqual(first)
        expect(first?.text.length).toBe(circle.at(0).sequence.length)
      }),
      { numRuns: 400 },
    )
  })

  it('S2: keeps words whole that two people type at one place, forwards or backwards', () => {
    const backwards = fc.boolean()
    fc.assert(
      fc.property(
        fc.tuple(backwards, backwards),
        fc.constantFrom('', 'ab', 'abcd'),
        fc.nat(4),
        fc.boolean(),
        ([leftwards, rightwards], base, at, swapped) => {
          const circle = createCircle(2, i => (swapped ? 2 - i : i + 1))
          if (base !== '') circle.at(0).type(0, base)
          circle.exchange()
          const place = at % (base.length + 1)
          for (const [i, word, backward] of [
            [0, 'HELLO', leftwards],
            [1, 'there', rightwards],
          ] as const) {
            for (const [k, letter] of [...word].entries()) {
              const written = backward ? ([...word].at(-1 - k) as string) : letter
              circle.at(i).type(backward ? place : place + k, written)
            }
          }
          circle.exchange()
          const text = circle.at(0).sequence.content()
          expect(circle.at(1).sequence.content()).toBe(text)
          expect(text).toContain('HELLO')
          expect(text).toContain('there')
        },
      ),
      { numRuns: 200 },
    )
  })

  it('S2: keeps words beside the letter that they were typed at, whoever of three has the smaller id', () => {
    for (const order of [
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ]) {
      // One types A; two others, who have it, type words before it and behind what stands there; a third did not see it.
      const circle = createCircle(3, i => order[i] as number)
      circle.at(0).type(0, 'A')
      circle.at(1).receive(0)
      for (const [k, letter] of [...'word'].entries()) circle.at(1).type(k, letter)
      for (const letter of [...'other'].reverse()) circle.at(2).type(0, letter)
      circle.at(0).type(1, 'tail')
      circle.exchange()
      const [first, ...others] = pictures(circle.replicas)
      for (const other of others) expect(other).toEqual(first)
      for (const word of ['wordA', 'Atail', 'other']) expect(first?.text, `ids ${order}`).toContain(word)
    }
  })

  it('S2: puts the smaller store id first where nothing else decides', () => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ]) {
      const circle = createCircle(2, i => ids[i] as number)
      circle.at(0).type(0, `${ids[0]}`)
      circle.at(1).type(0, `${ids[1]}`)
      circle.exchange()
      expect(circle.at(0).sequence.content()).toBe('12')
    }
  })

  it('S3: describes one history in one way, however it was cut into runs', () => {
    const whole = createCircle(2)
    whole.at(0).type(0, 'abcdef')
    whole.exchange()
    const cut = whole.at(1).sequence
    // Reading splits nothing; inserting and removing does, and what is left is described as if it had not.
    whole.at(0).type(3, 'X')
    whole.at(0).erase(3, 1)
    whole.exchange()
    expect(cut.describe()).toEqual(whole.at(0).sequence.describe())
    expect(cut.describe()).toHaveLength(3)
    const typed = createCircle(1)
    for (const [i, letter] of [...'abcdef'].entries()) typed.at(0).type(i, letter)
    const pasted = createCircle(1)
    pasted.at(0).type(0, 'abcdef')
    expect(typed.at(0).sequence.describe()).toEqual(pasted.at(0).sequence.describe())
  })

  it('S4: an anchor stays with its element, whatever others insert and remove', () => {
    fc.assert(
      fc.property(fc.nat(6), steps, (at, script) => {
        const circle = createCircle(2)
        const [here, there] = [circle.at(0), circle.at(1)]
        here.type(0, 'abcdef')
        circle.exchange()
        const before = anchorAt(here.sequence, at, 'before')
        const after = anchorAt(here.sequence, at, 'after')
        for (const { what, at: place, text } of script) {
          const { length } = there.sequence
          if (what < 7) there.type(place % (length + 1), text)
          else if (length > 0) there.erase(place % length, 1)
        }
        circle.exchange()
        const text = here.sequence.content()
        const left = 'abcdef'[at - 1]
        const right = 'abcdef'[at]
        if (left === undefined) expect(indexOfAnchor(here.sequence, before)).toBe(0)
        else if (text.includes(left)) expect(indexOfAnchor(here.sequence, before)).toBe(text.indexOf(left) + 1)
        if (right === undefined) expect(indexOfAnchor(here.sequence, after)).toBe(text.length)
        else if (text.includes(right)) expect(indexOfAnchor(here.sequence, after)).toBe(text.indexOf(right))
        for (const anchor of [before, after]) {
          expect(indexOfAnchor(there.sequence, anchor)).toBe(indexOfAnchor(here.sequence, anchor))
        }
      }),
      { numRuns: 200 },
    )
  })
})
