/**
 * Patches that are wrong in every way.
 *
 * What an honest writer would never write is put together here by hand, below the level of `PatchWriter`. Many begin with
 * something fine, so that what is wrong stands in the place for which it is wrong.
 */
import { type Bytes, concatBytes } from '../base/bytes.ts'
import { createWriter, type Writer } from '../protocol/codec.ts'
import { DICTIONARY_MAX, PATCH_MAX_SPLICES } from '../protocol/limits.ts'
import type { Dice } from './dice.ts'
import { element, insertion, move, ofItems, ofTitle, type Pen, range, register, removal } from './pen.ts'

/** Writes the content of a field. */
type RawField = (writer: Writer) => void
/** A name to be referred to, one to be spelled in any case, or a number for one. */
type RawName = string | { readonly spelled: string } | number

/** One field by hand, `shared` components of its path left out. */
function rawField({ vocabulary }: Pen, shared: number, path: readonly RawName[], field: RawField): Bytes {
  const writer = createWriter()
  writer.byte(shared)
  for (const name of path) {
    const number = typeof name === 'number' ? name : typeof name === 'string' ? vocabulary.names.numberOf(name) : 0
    writer.varuint(number)
    if (number === 0) writer.string(typeof name === 'object' ? name.spelled : String(name))
  }
  field(writer)
  return writer.finish()
}

/** Records that no seat writes to, so that a field of theirs has nothing in common with what was written before. */
const RECORD = 'raw'
const onField = (pen: Pen, key: RawName, field: RawField) => {
  const { table, record } = pen.cursor
  const path = ['notes', RECORD, key]
  const shared = table !== 'notes' ? 0 : record !== RECORD ? 1 : 2
  return rawField(pen, shared, path.slice(shared), field)
}
const json =
  (text: string): RawField =>
  writer =>
    writer.string(text)
const bytes =
  (...all: readonly number[]): RawField =>
  writer =>
    writer.bytes(Uint8Array.from(all))
/** A title by hand, whose first two letters are fine: its author's last, between two edges. */
const behindTwo = (pen: Pen, ...rest: readonly number[]) => {
  const first = pen.cursor.right === null ? 2 : 2 | 16
  return onField(pen, 't.title', bytes(first, 2, 0x61, 0x62, ...rest))
}

/** An item, its move, which is fine, and a move of what that has made, as if it were an item. */
function twiceMoved(pen: Pen) {
  const { store, cursor } = pen
  const [item, slot, last] = [0, 1, 2].map(i => element(store, cursor.elements + i)) as [Id, Id, Id]
  return [
    { type: 'insert', id: item, left: null, right: null, content: [1] },
    { ...move(pen, item, null, item), id: slot },
    { ...move(pen, slot, null, slot), id: last },
  ] as const
}
type Id = ReturnType<typeof element>

/** A value that is no JSON, as an honest peer's register. */
export const notJson = (pen: Pen): Bytes => onField(pen, 'r.stars', json('01'))

const UNSAFE_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'a b', 'x'.repeat(65), '-a', 'ü']
const NOT_JSON = ['', '01', ' 1', '1 ', 'NaN', '{"a":1', '1e400', '-0', '{"b":1,"1":2}', '{"a":1,"a":2}', '"\\u0061"']
const DEEP = `${'['.repeat(5000)}${']'.repeat(5000)}`

/** One way or another in which an edit is wrong, by name. `known` is a store whose ids an honest peer has used. */
export const HOSTILE_PATCHES: Readonly<Record<string, (dice: Dice, pen: Pen, known: number) => Bytes>> = {
  'tables unsorted': (_dice, pen) =>
    concatBytes(
      pen.write({ orders: { r: { 'r.note': register('1') } } }),
      pen.write({ notes: { r: { 'r.stars': register(1) } } }),
    ),
  'fields unsorted': (_dice, pen) =>
    concatBytes(
      pen.write({ notes: { r: { 'r.stars': register(1) } } }),
      pen.write({ notes: { r: { 'r.done': register(true) } } }),
    ),
  'a field twice': (_dice, pen) =>
    concatBytes(
      pen.write({ notes: { r: { 'r.stars': register(1) } } }),
      pen.write({ notes: { r: { 'r.stars': register(2) } } }),
    ),
  'a name that is none': (dice, pen) => onField(pen, dice.pick([1000, DICTIONARY_MAX + 1, 2 ** 52]), json('1')),
  'a name spelled again': (_dice, pen) => rawField(pen, 0, ['again', { spelled: 'again' }, 'r.stars'], json('1')),
  'a path that shares nothing': (_dice, pen) =>
    concatBytes(
      pen.write({ notes: { r: { 'r.done': register(true) } } }),
      rawField(pen, 0, ['notes', 'r', 'r.stars'], json('1')),
    ),
  'a path that shares too little': (_dice, pen) =>
    concatBytes(
      pen.write({ notes: { r: { 'r.done': register(true) } } }),
      rawField(pen, 1, ['r', 'r.stars'], json('1')),
    ),
  'a path that shares too much': (dice, pen) => rawField(pen, 4 + dice.roll(250), [], json('1')),
  'an unsafe table': (dice, pen) => rawField(pen, 0, [dice.pick(UNSAFE_NAMES), 'r', 'r.stars'], json('1')),
  'a name without end': (_dice, pen) => rawField(pen, 0, ['x'.repeat(200), 'r', 'r.stars'], json('1')),
  'an unsafe record': (dice, pen) => rawField(pen, 0, ['t', dice.pick(UNSAFE_NAMES), 'r.stars'], json('1')),
  'an unsafe field': (dice, pen) => onField(pen, `r.${dice.pick(UNSAFE_NAMES)}`, json('1')),
  'a kind that is none': (dice, pen) => onField(pen, dice.pick(['q.stars', 'rr.stars', 'r-stars', '_.st']), json('1')),
  'a prototype in a value': (_dice, pen) => onField(pen, 'r.stars', json('{"__proto__":{"polluted":1}}')),
  'no JSON': (dice, pen) => onField(pen, 'r.stars', json(dice.pick(NOT_JSON))),
  'deep JSON': (_dice, pen) => onField(pen, 'r.stars', json(DEEP)),
  'a list of nothing': (dice, pen) =>
    onField(pen, 'l.items', writer => {
      writer.byte(pen.cursor.right === null ? 0 : 16)
      writer.string(dice.pick(['1', '{}', '"abc"', 'null', '[]']))
    }),
  'an operation that is none': (dice, pen) =>
    onField(pen, 't.title', bytes(dice.pick([128 + dice.roll(128), 12, 48, 5, 33]), 0, 0, 0, 0)),
  'no operation': (_dice, pen) => onField(pen, 't.title', () => undefined),
  'an operation that does not follow': (_dice, pen) => behindTwo(pen),
  'a move with something behind': (_dice, pen) => onField(pen, 'l.items', bytes(64, 0, 0x61)),
  'a move of what never was': (_dice, pen, known) =>
    pen.write(ofItems('r', move(pen, null, null, element(known, 2 ** 50)))),
  'a move of itself': (_dice, pen) =>
    pen.write(ofItems('r', move(pen, null, null, element(pen.store, pen.cursor.elements)))),
  'a move of what a move made': (_dice, pen) => pen.write(ofItems('r', ...twiceMoved(pen))),
  'a removal of what a move made': (_dice, pen) => {
    const [made, once] = twiceMoved(pen)
    return pen.write(ofItems('r', made, once, removal(range(pen.store, pen.cursor.elements + 1, 1))))
  },
  'an insertion of nothing': (_dice, pen) => pen.write(ofTitle('r', insertion(pen, null, null, ''))),
  'a removal of nothing': (dice, pen) =>
    pen.write(ofTitle('r', dice.pick([removal(), removal(range(pen.store, 0, 0))]))),
  'removals unsorted': (_dice, pen, known) => pen.write(ofTitle('r', removal(range(known, 5, 2), range(known, 0, 1)))),
  'removals that overlap': (_dice, pen, known) =>
    pen.write(ofTitle('r', removal(range(known, 0, 3), range(known, 2, 2)))),
  'a removal of what never was': (_dice, pen, known) => pen.write(ofTitle('r', removal(range(known, 2 ** 50, 1000)))),
  'a removal of all numbers': (_dice, pen) =>
    pen.write(ofTitle('r', removal(range(pen.store, 0, Number.MAX_SAFE_INTEGER)))),
  'an origin that never was': (_dice, pen, known) =>
    pen.write(ofTitle('r', insertion(pen, element(known, 2 ** 53 - 1), null, 'x'))),
  'an origin of its own future': (_dice, pen) =>
    pen.write(ofTitle('r', insertion(pen, element(pen.store, 2 ** 40), null, 'x'))),
  'origins apart, its own': (_dice, pen) =>
    pen.write(
      ofTitle(
        'r',
        insertion(pen, null, null, 'abcd'),
        insertion(pen, null, null, 'again'),
        insertion(pen, null, null, 'and again'),
      ),
    ),
  'an own last where there is none': (_dice, pen) =>
    pen.cursor.elements > 0 ? behindTwo(pen) : onField(pen, 't.title', bytes(64 | 4, 0x61)),
  'an own last that is spelled': (_dice, pen) => behindTwo(pen, 64 | 8, 0, 0x63),
  'a right edge that is spelled': (_dice, pen) => behindTwo(pen, 64 | 4 | 16, 0x63),
  'a right that is spelled again': (_dice, pen) => behindTwo(pen, 2 | 64 | 4 | 32, 2, 0x63, 64 | 4 | 32, 6, 0x64),
  'a letter with a length': (_dice, pen) => behindTwo(pen, 4, 1, 0x63),
  'a removal of one, with a count': (_dice, pen) => behindTwo(pen, 1, 1, 0, 1),
  'a way before the first': (_dice, pen) =>
    onField(pen, 't.title', writer => {
      writer.byte(64 | 1)
      writer.varuint(2 * (2 * (pen.cursor.clock + 1) - 1))
    }),
  'a way without end': (dice, pen) =>
    onField(pen, 't.title', writer => {
      writer.byte(64 | 1)
      writer.varuint(dice.pick([2 ** 53 - 2, 2 ** 53 - 4, 2 ** 52]))
    }),
  'a clock instead of a way': (_dice, pen) => behindTwo(pen, 64 | 1, 1, 0),
  'a store that is none': (dice, pen) =>
    onField(pen, 't.title', writer => {
      writer.byte(64 | 1)
      writer.varuint(dice.pick([2001, 2 ** 53 - 1]))
      writer.varuint(0)
    }),
  'a store spelled again': (dice, pen, known) =>
    concatBytes(
      pen.write(ofTitle('r', removal(range(known, 0, 1)))),
      onField(pen, 't.title', writer => {
        writer.byte(64 | 1)
        writer.varuint(3)
        writer.varuint(dice.pick([known, pen.store]))
        writer.varuint(1)
      }),
    ),
  'a step of a counter without end': (dice, pen) =>
    onField(pen, 'c.likes', writer => writer.varuint(dice.pick([2 ** 32 + 1, 2 ** 53 - 1]))),
  'a set of what is no item': (dice, pen) =>
    onField(pen, 's.labels', writer => {
      writer.varuint(1)
      writer.string(dice.pick(['null', '[]', '{}', '["a"]', '01']))
      writer.varuint(0)
    }),
  'a removal of what a set never had': (_dice, pen, known) =>
    pen.write({
      notes: {
        [RECORD]: { 's.labels': { id: element(pen.store, 0), added: [], removed: [range(known, 2 ** 50, 1)] } },
      },
    }),
  'a removal of what a set has just got': (_dice, pen) => {
    const id = element(pen.store, pen.cursor.elements)
    return pen.write({ notes: { [RECORD]: { 's.labels': { id, added: ['a'], removed: [{ ...id, length: 1 }] } } } })
  },
  'too many operations': (_dice, pen) =>
    onField(pen, 't.title', writer => {
      writer.byte(1)
      writer.varuint(100_000)
    }),
  'one splice too many': (_dice, pen) => {
    const each = Array.from({ length: PATCH_MAX_SPLICES + 1 }, (_, i) =>
      insertion(pen, i > 0 ? element(pen.store, pen.cursor.elements + i - 1) : null, null, 'x'),
    )
    return pen.write(ofTitle('r', ...each))
  },
  'a count without end': (_dice, pen) =>
    onField(pen, 'm.tags', writer => {
      writer.varuint(2 ** 52)
    }),
  'a number that is not the shortest': (_dice, pen) => onField(pen, 'm.tags', bytes(0x81, 0x00)),
  'a number without end': (_dice, pen) => onField(pen, 'm.tags', writer => writer.bytes(new Uint8Array(12).fill(0xff))),
  'text that is no text': (_dice, pen) => onField(pen, 'r.stars', bytes(4, 0xed, 0xa0, 0x80, 0xff)),
  'half a surrogate pair': (_dice, pen) =>
    onField(pen, 't.title', bytes(pen.cursor.right ? 16 : 0, 3, 0xed, 0xa0, 0xbc)),
  'a letter that is none': (_dice, pen) => onField(pen, 't.title', bytes(64 | (pen.cursor.right ? 16 : 0), 0xc3)),
  'a length that is a lie': (_dice, pen) => onField(pen, 'r.stars', writer => writer.varuint(2 ** 31)),
  'something behind the end': (_dice, pen) => concatBytes(onField(pen, 'r.stars', json('1')), Uint8Array.of(0)),
  'nothing at all': () => new Uint8Array(0),
  noise: dice => dice.bytes(dice.roll(64)),
}
