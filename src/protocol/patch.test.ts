import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { createDice } from '../testing/dice.ts'
import { HOSTILE_PATCHES, mangle } from '../testing/hostile.ts'
import { decodeWith } from './codec.ts'
import { safeName } from './name.ts'
import { encodePatch, inOrder, insertedElements, type JsonValue, kindOfKey, type Patch } from './patch.ts'
import { readPatch } from './patch-reader.ts'

const place = { store: 77, version: 9, clock: 100 }
const decode = (bytes: Uint8Array) => decodeWith(bytes, reader => readPatch(reader, place))

const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}$/).filter(safeName)
const id = fc.record({ store: fc.constantFrom(77, 3, 2 ** 53 - 1), clock: fc.nat(99) })
const anyId = fc.option(id)
const stamp = { version: 9, store: 77 }
const json = fc.jsonValue({ maxDepth: 3 }).map(value => JSON.parse(JSON.stringify(value)) as JsonValue)
const plain = json.filter(value => !JSON.stringify(value).includes('__proto__'))
const removal = fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 4 }).map(clocks => ({
  type: 'remove' as const,
  ranges: clocks.sort((a, b) => a - b).map(clock => ({ store: 3, clock: clock * 5, length: 1 + (clock % 5) })),
}))
const operationsOf = <C>(content: fc.Arbitrary<C>) =>
  fc.array(fc.oneof(fc.record({ type: fc.constant('insert' as const), left: anyId, right: anyId, content }), removal), {
    minLength: 1,
    maxLength: 4,
  })
const field = {
  r: plain.map(value => ({ stamp, value })),
  m: fc
    .uniqueArray(
      fc.tuple(
        fc.string({ maxLength: 8 }).filter(key => key.isWellFormed()),
        fc.option(plain, { nil: undefined }),
      ),
      {
        selector: ([key]) => key,
        minLength: 1,
        maxLength: 4,
      },
    )
    .map(changes => ({ stamp, changes: changes.sort(([a], [b]) => (a < b ? -1 : 1)) })),
  t: operationsOf(fc.string({ minLength: 1, unit: 'grapheme' }).filter(text => text.isWellFormed())),
  l: operationsOf(fc.array(plain, { minLength: 1, maxLength: 3 })),
}
const fields = fc.dictionary(
  fc.tuple(fc.constantFrom('r', 'm', 't', 'l'), name).map(([kind, rest]) => `${kind}.${rest}`),
  fc.constant(null),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
)
const dictionary = <V>(value: fc.Arbitrary<V>) =>
  fc.dictionary(name, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true })

/** A patch as an author makes it: ids are counted through in the order of the wire. */
const patches: fc.Arbitrary<Patch> = dictionary(dictionary(fields)).chain(shape =>
  fc.gen().map(draw => {
    let clock = place.clock
    const number = (operations: readonly { type: string; content?: { length: number } }[]) =>
      operations.map(operation => {
        if (operation.type === 'remove') return operation
        const at = clock
        clock += operation.content?.length ?? 0
        return { ...operation, id: { store: 77, clock: at } }
      })
    const made: Record<string, Record<string, Record<string, unknown>>> = {}
    for (const [table, records] of inOrder(shape)) {
      made[table] = {}
      for (const [record, keys] of inOrder(records)) {
        const entries = inOrder(keys).map(([key]) => {
          const kind = key[0] as keyof typeof field
          if (kind === 't' || kind === 'l') {
            return [key, { operations: number(draw(() => field[kind] as fc.Arbitrary<never[]>)) }]
          }
          return [key, draw(() => field[kind] as fc.Arbitrary<unknown>)]
        })
        made[table][record] = Object.fromEntries(entries)
      }
    }
    return made as unknown as Patch
  }),
)

describe('a patch on the wire', () => {
  it('W5: comes back as it was written, with the ids and versions of its place', () => {
    fc.assert(
      fc.property(patches, patch => {
        const decoded = decode(encodePatch(patch, place.store))
        expect(decoded).toEqual({ ok: true, value: patch })
      }),
      { numRuns: 200 },
    )
  })

  it('W5: has one encoding: whatever is read is written the same', () => {
    let read = 0
    fc.assert(
      fc.property(patches, fc.nat(), (patch, seed) => {
        const honest = encodePatch(patch, place.store)
        const bytes = seed % 4 === 0 ? honest : mangle(honest, createDice(seed))
        const decoded = decode(bytes)
        if (!decoded.ok) return
        read++
        expect(toHex(encodePatch(decoded.value, place.store))).toBe(toHex(bytes))
        expect(insertedElements(decoded.value)).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
    expect(read).toBeGreaterThan(100)
  })

  it('W6: is refused as a value, whatever it is made of', () => {
    for (const [kind, make] of Object.entries(HOSTILE_PATCHES)) {
      for (let seed = 0; seed < 20; seed++) {
        const decoded = decode(make(createDice(seed), 3))
        // What the bytes cannot show is found against the document: `past.test.ts` and the fuzz see to it.
        if (decoded.ok) expect(kind).toMatch(/^(an origin|origins apart|a removal|noise)/)
      }
    }
  })

  it('W7: names are short, printable and nobody’s inheritance', () => {
    for (const bad of [
      ...Object.getOwnPropertyNames(Object.prototype),
      '',
      ' ',
      'a/b',
      '-a',
      '.a',
      'é',
      'x'.repeat(65),
    ]) {
      expect(safeName(bad), bad).toBe(false)
    }
    for (const good of ['a', 'A9', '_alive', '0', 'a.b-c_d', 'x'.repeat(64), 'prototype']) {
      expect(safeName(good), good).toBe(true)
    }
    for (const key of ['r', 'r.', 'x.a', 'rr.a', 'constructor', '_.a'])
      expect(kindOfKey(key) ?? 'none').toMatch(/none|register/)
  })
})
