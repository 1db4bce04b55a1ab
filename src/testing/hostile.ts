/**
 * Hostile peers: seats that seal whatever they like, patches that are wrong in every way, and bytes that are broken.
 *
 * A seat is an author who may write: its seals are genuine unless it is asked for others. What an honest replica would
 * never send can only be written by hand, so patches are put together here below the level of `encodePatch`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, concatBytes, toHex, toUtf8 } from '../base/bytes.ts'
import { createWriter, type Writer } from '../protocol/codec.ts'
import {
  type Entry,
  encodeBody,
  encodeSealed,
  type Frame,
  frameHash,
  originHash,
  ROOM_SCOPE,
} from '../protocol/frame.ts'
import { PATCH_MAX_SPLICES } from '../protocol/limits.ts'
import type { FrameBytes } from '../protocol/message.ts'
import type { Dice } from './dice.ts'
import { worldSeal } from './simulated-room.ts'

export interface Seat {
  readonly author: Bytes
  /** The author in hexadecimal. */
  readonly id: string
  /** Sequence of the next entry. */
  readonly next: number
  /** Seals entries as the next frame of the seat's log; `changes` overrides parts of the frame. */
  say(entries: readonly Entry[], changes?: Partial<Frame>): FrameBytes
  /** As {@link say}, but what follows does not know of it: the frame is a lie, a repetition or a guess. */
  whisper(entries: readonly Entry[], changes?: Partial<Frame> & { readonly seal?: Bytes }): FrameBytes
}

export const introduction = (name: string): Entry => ({ kind: 'introduction', payload: toUtf8(name) })
export const edit = (payload: Bytes): Entry => ({ kind: 'edit', payload })

export function createSeat(room: Bytes, name: string): Seat {
  const author = sha256(toUtf8(name)).slice(0, 16) as Bytes
  let hash = originHash(room, ROOM_SCOPE, author)
  let next = 1
  function build(entries: readonly Entry[], changes: Partial<Frame> & { readonly seal?: Bytes } = {}) {
    const { seal, ...rest } = changes
    const frame: Frame = { author, scope: ROOM_SCOPE, sequence: next, elapsed: 1, heads: [], entries, ...rest }
    const body = encodeBody(frame)
    const after = frameHash(hash, body)
    return { after, frame, framed: { author, bytes: encodeSealed(body, seal ?? worldSeal(author, after)) } }
  }
  return {
    author,
    id: toHex(author),
    get next() {
      return next
    },
    say(entries, changes) {
      const { after, frame, framed } = build(entries, changes)
      hash = after
      next = frame.sequence + entries.length
      return framed
    },
    whisper: (entries, changes) => build(entries, changes).framed,
  }
}

/** An undo or a redo of what is no edit, or cannot be known, or is not told in order. */
export function hostileUndo(dice: Dice, known: number): Entry {
  const writer = createWriter()
  for (let i = 1 + dice.roll(3); i > 0; i--) {
    writer.varuint(dice.pick([0, 0, known, 1 + dice.roll(2 ** 50)]))
    writer.varuint(dice.pick([0, 1, 1 + dice.roll(9), 2 ** 40]))
    writer.varuint(dice.pick([0, 1, 2, 6000, Number.MAX_SAFE_INTEGER]))
  }
  return { kind: dice.pick(['undo', 'redo']), payload: writer.finish() }
}

/** Table → record → field key → what is written for the field, in this order, whether or not it is the right one. */
type RawPatch = readonly (readonly [string, readonly (readonly [string, readonly (readonly [string, RawField])[]])[]])[]
/** Writes the content of one field, or of one operation. */
export type RawField = (writer: Writer) => void

export function rawPatch(stores: readonly number[], tables: RawPatch): Bytes {
  const writer = createWriter()
  writer.varuint(stores.length)
  for (const store of stores) writer.varuint(store)
  writer.varuint(tables.length)
  for (const [table, records] of tables) {
    writer.string(table)
    writer.varuint(records.length)
    for (const [record, fields] of records) {
      writer.string(record)
      writer.varuint(fields.length)
      for (const [key, write] of fields) {
        writer.string(key)
        write(writer)
      }
    }
  }
  return writer.finish()
}

/** An element: 0 is the edge, otherwise 1 + its store's place (0 the author's own, then those listed) and its clock. */
export type RawId = 0 | readonly [place: number, clock: number]

function writeId(writer: Writer, id: RawId): void {
  if (id === 0) writer.varuint(0)
  else {
    writer.varuint(id[0] + 1)
    writer.varuint(id[1])
  }
}

export const json =
  (text: string): RawField =>
  writer =>
    writer.string(text)

export const insertion =
  (left: RawId, right: RawId, content: string): RawField =>
  writer => {
    writer.byte(1)
    writeId(writer, left)
    writeId(writer, right)
    writer.string(content)
  }

export const removal =
  (...ranges: readonly (readonly [place: number, clock: number, length: number])[]): RawField =>
  writer => {
    writer.byte(2)
    writer.varuint(ranges.length)
    for (const [place, clock, length] of ranges) {
      writeId(writer, [place, clock])
      writer.varuint(length)
    }
  }

export const operations =
  (...all: readonly RawField[]): RawField =>
  writer => {
    writer.varuint(all.length)
    for (const write of all) write(writer)
  }

/** A patch of one field. */
export const onField = (key: string, field: RawField, stores: readonly number[] = []) =>
  rawPatch(stores, [['notes', [['r', [[key, field]]]]]])

/** A patch that is fine: it writes its author's own record. `elements` is how many its author inserted before. */
export function harmlessPatch(dice: Dice, record: string, elements: number): { payload: Bytes; inserted: number } {
  const alive = ['r._alive', json('true')] as const
  const fields: (readonly [string, RawField])[] = [alive, ['r.stars', json(`${dice.roll(100)}`)]]
  let inserted = 0
  if (dice.chance(0.7)) {
    const text = dice.pick(['a', 'be', 'é', '\n'])
    const before: RawId = elements > 0 ? [0, elements - 1] : 0
    fields.push(['t.title', operations(insertion(before, 0, text))])
    inserted = text.length
  }
  return { payload: rawPatch([], [['notes', [[record, fields]]]]), inserted }
}

const UNSAFE_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'a b', 'x'.repeat(65), '-a', 'ü']
const NOT_JSON = ['', '01', ' 1', '1 ', 'NaN', '{"a":1', '1e400', '-0', '{"b":1,"1":2}', '{"a":1,"a":2}', '"\\u0061"']
const DEEP = `${'['.repeat(5000)}${']'.repeat(5000)}`

/** One way or another in which an edit is wrong, by name. `known` is a store whose ids an honest peer has used. */
export const HOSTILE_PATCHES: Readonly<Record<string, (dice: Dice, known: number) => Bytes>> = {
  'no table': () => rawPatch([], []),
  'no record': () => rawPatch([], [['notes', []]]),
  'no field': () => rawPatch([], [['notes', [['r', []]]]]),
  'tables unsorted': () => {
    const records = [['r', [['r.stars', json('1')]]]] as const
    return rawPatch(
      [],
      [
        ['orders', records],
        ['notes', records],
      ],
    )
  },
  'a field twice': () =>
    rawPatch(
      [],
      [
        [
          'notes',
          [
            [
              'r',
              [
                ['r.stars', json('1')],
                ['r.stars', json('2')],
              ],
            ],
          ],
        ],
      ],
    ),
  'stores unsorted': () => onField('r.stars', json('1'), [7, 5]),
  'a store that is none': () => onField('t.title', operations(insertion([9, 0], 0, 'x'))),
  'an unsafe table': dice => rawPatch([], [[dice.pick(UNSAFE_NAMES), [['r', [['r.stars', json('1')]]]]]]),
  'a name without end': () => rawPatch([], [['x'.repeat(200), [['r', [['r.stars', json('1')]]]]]]),
  'an unsafe record': dice => rawPatch([], [['notes', [[dice.pick(UNSAFE_NAMES), [['r.stars', json('1')]]]]]]),
  'an unsafe field': dice => onField(`r.${dice.pick(UNSAFE_NAMES)}`, json('1')),
  'a kind that is none': dice => onField(dice.pick(['q.stars', 'rr.stars', 'r-stars', '_.stars']), json('1')),
  'a prototype in a value': () => onField('r.stars', json('{"__proto__":{"polluted":1}}')),
  'no JSON': dice => onField('r.stars', json(dice.pick(NOT_JSON))),
  'deep JSON': () => onField('r.stars', json(DEEP)),
  'a list of nothing': dice =>
    onField('l.items', operations(insertion(0, 0, dice.pick(['1', '{}', '"abc"', 'null', '[]'])))),
  'an operation that is none': dice =>
    onField(
      't.title',
      operations(writer => writer.byte(3 + dice.roll(250))),
    ),
  'no operation': () => onField('t.title', operations()),
  'an insertion of nothing': () => onField('t.title', operations(insertion(0, 0, ''))),
  'a removal of nothing': dice => onField('t.title', operations(dice.pick([removal(), removal([0, 0, 0])]))),
  'removals unsorted': (_dice, known) => onField('t.title', operations(removal([1, 5, 2], [1, 0, 1])), [known]),
  'removals that overlap': (_dice, known) => onField('t.title', operations(removal([1, 0, 3], [1, 2, 2])), [known]),
  'a removal of what never was': (_dice, known) => onField('t.title', operations(removal([1, 2 ** 50, 1000])), [known]),
  'a removal of all numbers': () => onField('t.title', operations(removal([0, 0, Number.MAX_SAFE_INTEGER]))),
  'an origin that never was': (_dice, known) =>
    onField('t.title', operations(insertion([1, 2 ** 53 - 1], 0, 'x')), [known]),
  'an origin of its own future': () => onField('t.title', operations(insertion([0, 2 ** 40], 0, 'x'))),
  'origins apart, its own': () =>
    onField('t.title', operations(insertion(0, 0, 'abcd'), insertion(0, 0, 'again'), insertion(0, 0, 'and again'))),
  'too many operations': () => onField('t.title', writer => writer.varuint(100_000)),
  'one splice too many': () => {
    const each = Array.from({ length: PATCH_MAX_SPLICES + 1 }, (_, i) => insertion(i > 0 ? [0, i - 1] : 0, 0, 'x'))
    return onField('t.title', operations(...each))
  },
  'a count without end': () => onField('t.title', writer => writer.varuint(2 ** 52)),
  'a number that is not the shortest': () => onField('t.title', writer => writer.bytes(Uint8Array.of(0x81, 0x00))),
  'a number without end': () => onField('t.title', writer => writer.bytes(new Uint8Array(12).fill(0xff))),
  'text that is no text': () => onField('r.stars', writer => writer.prefixed(Uint8Array.of(0xed, 0xa0, 0x80, 0xff))),
  'half a surrogate pair': () =>
    onField(
      't.title',
      operations(writer => writer.bytes(Uint8Array.of(1, 0, 0, 3, 0xed, 0xa0, 0xbc))),
    ),
  'a length that is a lie': () => onField('r.stars', writer => writer.varuint(2 ** 31)),
  'something behind the end': () => concatBytes(onField('r.stars', json('1')), Uint8Array.of(0)),
  'nothing at all': () => new Uint8Array(0),
  noise: dice => dice.bytes(dice.roll(64)),
}

/** An edit between elements of others that need not be neighbours, or removing what need not be there. */
export function adventurousPatch(dice: Dice, known: number, elements: number): Bytes {
  const any = (): RawId => (dice.chance(0.2) ? 0 : [1, dice.roll(Math.max(1, elements + 2))])
  const operation = () =>
    dice.chance(0.8) ? insertion(any(), any(), 'xyz') : removal([1, dice.roll(elements + 1), 1 + dice.roll(3)])
  const count = 1 + dice.roll(2)
  return rawPatch(
    [known],
    [['notes', [['shared', [['t.title', operations(...Array.from({ length: count }, operation))]]]]]],
  )
}

/** Bytes with a few of them changed, cut off, doubled or moved. */
export function mangle(bytes: Bytes, dice: Dice): Bytes {
  let result = bytes.slice()
  for (let i = 1 + dice.roll(3); i > 0; i--) {
    const at = dice.roll(result.length + 1)
    switch (dice.roll(6)) {
      case 0:
        result = result.slice(0, at)
        break
      case 1:
        result = concatBytes(result.slice(0, at), dice.bytes(1 + dice.roll(4)), result.slice(at))
        break
      case 2:
        result = concatBytes(result.slice(0, at), result.slice(at + 1 + dice.roll(4)))
        break
      case 3:
        result = concatBytes(result, result.slice(at))
        break
      default:
        if (at < result.length) result[at] = dice.chance(0.5) ? dice.roll(256) : (result[at] ?? 0) ^ (1 << dice.roll(8))
    }
  }
  return result
}
