import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, toHex } from '../base/bytes.ts'
import { createDice } from '../testing/dice.ts'
import { mangle } from '../testing/hostile.ts'
import { HOSTILE_PATCHES } from '../testing/hostile-patches.ts'
import { createPen, ofTitle, range, removal } from '../testing/pen.ts'
import { decodeWith } from './codec.ts'
import { DICTIONARY_MAX } from './limits.ts'
import { safeName } from './name.ts'
import {
  type Insertion,
  inOrder,
  type JsonValue,
  kindOfKey,
  type Operation,
  type Patch,
  type SetPatch,
} from './patch.ts'
import { createPatchStream, type PatchStream } from './patch-stream.ts'

const STORE = 77
const version = 9
const placeOf = (sequence: number) => ({ sequence, version })
const read = (stream: PatchStream, bytes: Uint8Array, sequence: number) =>
  decodeWith(bytes, reader => stream.read(reader, placeOf(sequence)))

/** Few enough names to meet again, and some that are met once. */
const name = fc.oneof(
  fc.constantFrom('a', 'b', '10', '9'),
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}$/).filter(safeName),
)
const id = fc.record({
  store: fc.constantFrom(STORE, 3, 2 ** 53 - 1),
  clock: fc.oneof(fc.nat(99), fc.nat(9), fc.constantFrom(2 ** 49, 2 ** 51, 2 ** 53 - 1)),
})
const anyId = fc.option(id)
const stamp = { version, store: STORE }
const json = fc.jsonValue({ maxDepth: 3 }).map(value => JSON.parse(JSON.stringify(value)) as JsonValue)
const plain = json.filter(value => !JSON.stringify(value).includes('__proto__'))
const anyRemoval = fc
  .tuple(fc.constantFrom(3, STORE), fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 4 }))
  .map(([store, clocks]) =>
    removal(...clocks.sort((a, b) => a - b).map(clock => range(store, clock * 5, 1 + (clock % 5)))),
  )
const anyMove = fc.record({
  ...{ type: fc.constant('move' as const), left: anyId, right: anyId, of: id, version: fc.constant(version) },
})
const operationsOf = <C>(content: fc.Arbitrary<C>, ...others: readonly (typeof anyMove)[]) =>
  fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('insert' as const), left: anyId, right: anyId, content }),
      anyRemoval,
      ...others,
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
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
  t: operationsOf(fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme' }).filter(text => text.isWellFormed())),
  l: operationsOf(fc.array(plain, { minLength: 1, maxLength: 3 }), anyMove),
  c: fc.oneof(fc.integer(), fc.constantFrom(2 ** 31, -(2 ** 31))).map(add => ({ add })),
  s: fc.record({
    added: fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean()), { maxLength: 3 }),
    removed: fc.oneof(
      fc.constant([]),
      anyRemoval.map(({ ranges }) => ranges),
    ),
  }),
}
const fields = fc.dictionary(
  fc.tuple(fc.constantFrom('r', 'm', 't', 'l', 'c', 's'), name).map(([kind, rest]) => `${kind}.${rest}`),
  fc.constant(null),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
)
const dictionary = <V>(value: fc.Arbitrary<V>) =>
  fc.dictionary(name, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true })

type Shape = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, null>>>>>>
type Drafted = { readonly type: string; readonly left?: unknown; readonly content?: { readonly length: number } }

/** The patches of a log as its author makes them: ids are counted through in the order of the wire. */
const logs: fc.Arbitrary<readonly Patch[]> = fc
  .array(dictionary(dictionary(fields)), { minLength: 1, maxLength: 6 })
  .chain(shapes => fc.gen().map(draw => draftLog(shapes, draw)))

function draftLog(shapes: readonly Shape[], draw: fc.GeneratorValue): Patch[] {
  let elements = 0
  /** Some insertions go on where the last one ended. */
  const number = (operations: readonly Drafted[]) =>
    operations.map(operation => {
      if (operation.type === 'remove') return operation
      const clock = elements
      elements += operation.content?.length ?? 1
      const goesOn = clock > 0 && draw(fc.boolean)
      return { ...operation, id: { store: STORE, clock }, ...(goesOn && { left: { store: STORE, clock: clock - 1 } }) }
    })
  return shapes.map(shape => {
    const made: Record<string, Record<string, Record<string, unknown>>> = {}
    for (const [table, records] of inOrder(shape)) {
      made[table] = {}
      for (const [record, keys] of inOrder(records)) {
        const entries = inOrder(keys).map(([key]) => {
          const kind = key[0] as keyof typeof field
          if (kind === 't' || kind === 'l') {
            return [key, { operations: number(draw(() => field[kind] as fc.Arbitrary<never[]>)) }]
          }
          const drawn = draw(() => field[kind] as fc.Arbitrary<unknown>)
          if (kind !== 's') return [key, drawn]
          const id = { store: STORE, clock: elements }
          elements += (drawn as SetPatch).added.length
          return [key, { ...(drawn as SetPatch), id }]
        })
        made[table][record] = Object.fromEntries(entries)
      }
    }
    return made as unknown as Patch
  })
}

/** Logs in a row as one: ids are counted through again. */
function renumbered(log: readonly Patch[]): readonly Patch[] {
  let elements = 0
  const number = (operation: Operation<{ readonly length: number }>) => {
    if (operation.type === 'remove') return operation
    const clock = elements
    elements += operation.type === 'move' ? 1 : operation.content.length
    return { ...operation, id: { store: STORE, clock } }
  }
  const countAdded = (set: SetPatch): SetPatch => {
    const clock = elements
    elements += set.added.length
    return { ...set, id: { store: STORE, clock } }
  }
  return log.map(patch => {
    const entries = inOrder(patch).map(([table, records]) => {
      const rows = inOrder(records).map(([record, fields]) => {
        const cells = inOrder(fields).map(([key, each]) => [
          key,
          'operations' in each
            ? { operations: each.operations.map(number) }
            : 'added' in each
              ? countAdded(each)
              : each,
        ])
        return [record, Object.fromEntries(cells)]
      })
      return [table, Object.fromEntries(rows)]
    })
    return Object.fromEntries(entries)
  })
}

const written = (log: readonly Patch[]) => {
  const stream = createPatchStream(STORE)
  return log.map((patch, i) => stream.write(patch, placeOf(i + 2)))
}
const letter = (clock: number, content = 'a', more: Partial<Insertion<string>> = {}): Patch =>
  ofTitle('r', {
    ...{ type: 'insert', id: { store: STORE, clock }, right: null, content },
    left: clock > 0 ? { store: STORE, clock: clock - 1 } : null,
    ...more,
  })

describe('a patch on the wire', () => {
  it('W5: comes back as it was written, in a log of many, with the ids and versions of its place', () => {
    fc.assert(
      fc.property(logs, log => {
        const stream = createPatchStream(STORE)
        const decoded = written(log).map((bytes, i) => read(stream, bytes, i + 2))
        expect(decoded).toEqual(log.map(value => ({ ok: true, value })))
      }),
      { numRuns: 200 },
    )
  })

  it('W5: has one encoding where it stands: whatever is read is written the same', () => {
    let accepted = 0
    fc.assert(
      fc.property(logs, fc.nat(), (log, seed) => {
        const honest = written(log)
        const last = honest.at(-1) as Bytes
        const bytes = seed % 4 === 0 ? last : mangle(last, createDice(seed))
        const stream = createPatchStream(STORE)
        const before = honest.slice(0, -1).map((each, i) => read(stream, each, i + 2))
        const decoded = read(stream, bytes, log.length + 1)
        if (!decoded.ok) return
        accepted++
        const patches = before.map(each => (each.ok ? each.value : {}))
        expect(toHex(written([...patches, decoded.value]).at(-1) as Bytes)).toBe(toHex(bytes))
      }),
      { numRuns: 1000 },
    )
    expect(accepted).toBeGreaterThan(200)
  })

  it('W6: is refused as a value, whatever it is made of and whatever came before it', () => {
    for (const said of [[], written([letter(0), { notes: { raw: { 'r.stars': { stamp, value: 1 } } } }])]) {
      for (const [kind, make] of Object.entries(HOSTILE_PATCHES)) {
        for (let seed = 0; seed < 20; seed++) {
          const stream = createPatchStream(STORE)
          for (const [i, bytes] of said.entries()) expect(read(stream, bytes, i + 2).ok).toBe(true)
          const decoded = read(stream, make(createDice(seed), createPen(STORE, said), 3), said.length + 2)
          // What the bytes cannot show is found against the document: `past.test.ts` and the fuzz see to it.
          if (decoded.ok) expect(kind).toMatch(/^(an origin|origins apart|a removal of|a move of|noise)/)
        }
      }
    }
  })

  it('W6: each way to spell what need not be spelled, or to name what is not there, has its name', () => {
    const expected: Record<string, RegExp> = {
      'a name that is none': /^name-unknown$/,
      'a name spelled again': /^name-repeated$/,
      'a path that shares nothing': /^not-shortest$/,
      'a path that shares too little': /^not-shortest$/,
      'a path that shares too much': /^path-unknown$/,
      'a field twice': /^patch-not-sorted$/,
      'an own last that is spelled': /^not-shortest$/,
      'a right edge that is spelled': /^not-shortest$/,
      'a right that is spelled again': /^not-shortest$/,
      'a letter with a length': /^not-shortest$/,
      'a removal of one, with a count': /^not-shortest$/,
      'a clock instead of a way': /^not-shortest$/,
      'a way before the first': /^number-out-of-range$/,
      'a way without end': /^number-out-of-range$/,
      'a store that is none': /^store-unknown$/,
      'a store spelled again': /^store-repeated$/,
      'an own last where there is none': /^origin-outside-past$/,
      'nothing at all': /^patch-empty$/,
    }
    for (const [kind, code] of Object.entries(expected)) {
      for (let seed = 0; seed < 5; seed++) {
        const bytes = HOSTILE_PATCHES[kind]?.(createDice(seed), createPen(STORE, []), 3) as Bytes
        const decoded = read(createPatchStream(STORE), bytes, 2)
        expect(decoded.ok ? 'accepted' : decoded.code, kind).toMatch(code)
      }
    }
  })

  it('W10: a keystroke takes three bytes, and a name is spelled once', () => {
    const log = [
      letter(0),
      letter(1),
      ofTitle('r', removal(range(STORE, 1, 1))),
      ofTitle('r', removal(range(STORE, 0, 1))),
    ]
    expect(written(log).map(({ length }) => length)).toEqual([22, 3, 3, 3])
  })

  it('W10: when a vocabulary is full, further names are spelled each time', () => {
    const stream = createPatchStream(STORE)
    const reader = createPatchStream(STORE)
    const rate = (record: string): Patch => ({ t: { [record]: { 'r.s': { stamp, value: 0 } } } })
    const names = Array.from({ length: DICTIONARY_MAX - 2 }, (_, i) => `n${i}`)
    for (const [i, record] of [...names, 'late', 'n0', 'late', 'n1', 'late'].entries()) {
      const bytes = stream.write(rate(record), placeOf(i + 2))
      expect(read(reader, bytes, i + 2)).toEqual({ ok: true, value: rate(record) })
      // A byte for what the path shares, the name, that of the key, and a value.
      if (record === 'late') expect(bytes.length).toBe(1 + 6 + 1 + 2)
    }
  })

  it('W11: is read again at random, with entries between that are no edits', () => {
    fc.assert(
      fc.property(fc.array(logs, { minLength: 1, maxLength: 40 }), fc.infiniteStream(fc.nat(3)), (parts, gaps) => {
        const log = renumbered(parts.flat())
        const [own, other] = [createPatchStream(STORE), createPatchStream(STORE)]
        const payloads = new Map<number, Bytes>()
        const patches = new Map<number, Patch>()
        let sequence = 1
        for (const patch of log) {
          sequence += 1 + (gaps.next().value as number)
          const bytes = own.write(patch, placeOf(sequence))
          read(other, bytes, sequence)
          payloads.set(sequence, bytes)
          patches.set(sequence, patch)
        }
        const editAt = (at: number) => {
          const payload = payloads.get(at)
          return payload ? { payload, version: placeOf(at).version } : null
        }
        for (let at = sequence + 2; at > 0; at--) {
          for (const stream of [own, other]) expect(stream.reread(at, editAt)).toEqual(patches.get(at) ?? null)
        }
        // What was read again has left no trace.
        const last = letter(own.elements)
        expect(read(other, own.write(last, placeOf(sequence + 1)), sequence + 1)).toEqual({ ok: true, value: last })
      }),
      { numRuns: 20 },
    )
  })

  it('W11: costs a few dozen patches, however long the log is', () => {
    const stream = createPatchStream(STORE)
    const payloads = Array.from({ length: 1000 }, (_, i) => stream.write(letter(i), placeOf(i + 1)))
    let fetched = 0
    const editAt = (at: number) => {
      fetched++
      const payload = payloads[at - 1]
      return payload ? { payload, version: placeOf(at).version } : null
    }
    const reread = stream.reread(900, editAt)
    expect(reread).toEqual(letter(899))
    expect(fetched).toBeLessThanOrEqual(64)
    // Its neighbours cost nothing more.
    for (let at = 899; at > 880; at--) expect(stream.reread(at, editAt)).toEqual(letter(at - 1))
    expect(fetched).toBeLessThanOrEqual(128)
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
