import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../base/bytes.ts'
import { crc32 } from '../base/crc32.ts'
import type { KeptFrame } from './keeper.ts'
import { type RoomFile, readRoomFile, writeRoomFile } from './room-file.ts'

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }) as fc.Arbitrary<KeptFrame['author']>
const place = fc.integer({ min: 1, max: 2 ** 53 - 1 })
const frame: fc.Arbitrary<KeptFrame> = fc.record({
  author: bytes(16),
  sequence: place,
  version: place,
  bytes: fc.uint8Array({ maxLength: 60 }) as fc.Arbitrary<KeptFrame['bytes']>,
})
const file: fc.Arbitrary<RoomFile> = fc.record({
  room: bytes(16),
  scope: fc.nat(),
  snapshot: fc.option(bytes(20)),
  frames: fc.array(frame, { maxLength: 6 }),
})

const HEAD_AT = 8
const sample = (count = 3): RoomFile => ({
  room: new Uint8Array(16).fill(7),
  scope: 0,
  snapshot: null,
  frames: Array.from({ length: count }, (_, i) => ({
    author: new Uint8Array(16).fill(i),
    sequence: i + 1,
    version: i + 1,
    bytes: new Uint8Array(50).fill(i + 1),
  })),
})
/** That goes on from a snapshot. */
const resumed = () => ({ ...sample(), snapshot: new Uint8Array(70).fill(9) })
const flipped = (whole: Uint8Array, at: number, by = 1) => whole.map((byte, i) => (i === at ? byte ^ by : byte))
/** Where each part of a file begins, its trailer included. */
function partsOf(whole: Uint8Array): number[] {
  const starts = []
  const view = new DataView(whole.buffer)
  for (let at = HEAD_AT; at < whole.length; at += 9 + view.getUint32(at + 1)) starts.push(at)
  return starts
}

/** A part with the checksum that it should have. */
function sealed(covered: Uint8Array): Uint8Array {
  const check = new Uint8Array(4)
  new DataView(check.buffer).setUint32(0, crc32(covered))
  return concatBytes(covered, check)
}

describe('a room file', () => {
  it('Y26: comes back as it was written', () => {
    fc.assert(
      fc.property(file, given => {
        expect(readRoomFile(writeRoomFile(given))).toEqual({ type: 'whole', ...given })
      }),
    )
  })

  it('Y26: without a snapshot is one that pages can read which know of none, and with one is not', () => {
    const [head = 0] = partsOf(writeRoomFile(sample()))
    const versionOf = (file: RoomFile) => writeRoomFile(file)[head + 5]
    expect([versionOf(sample()), versionOf(resumed())]).toEqual([1, 2])
  })

  it('Y26: tells every truncation, and every byte that is another', () => {
    fc.assert(
      fc.property(file, fc.integer({ min: 1, max: 255 }), (given, by) => {
        const whole = writeRoomFile(given)
        for (let at = 0; at < whole.length; at++) {
          for (const wrong of [whole.slice(0, at), flipped(whole, at, by)]) {
            const read = readRoomFile(wrong)
            expect(read.type).not.toBe('whole')
            if (read.type === 'damaged') expect(read.offset).toBeLessThanOrEqual(at)
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  it('Y26: takes whatever bytes there are for no room, or for a damaged one', () => {
    const like = fc
      .tuple(file, fc.array(fc.tuple(fc.nat(600), fc.nat(255))), fc.uint8Array())
      .map(([given, changes, rest]) => {
        const whole = concatBytes(writeRoomFile(given), rest)
        for (const [at, by] of changes) whole[at % whole.length] = by
        return whole
      })
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), like), given => typeof readRoomFile(given).type === 'string'))
    expect(readRoomFile(new Uint8Array())).toEqual({ type: 'refused', code: 'file-not-a-room' })
    expect(readRoomFile(new Uint8Array(1000).fill(2))).toEqual({ type: 'refused', code: 'file-not-a-room' })
  })

  it('Y27: says where it is damaged, and gives what can be read of it', () => {
    const given = sample()
    const { room, frames } = given
    const whole = writeRoomFile(given)
    const [head = 0, first = 0, second = 0, third = 0, trailer = 0] = partsOf(whole)
    const lacking = (...left: number[]) => frames.filter((_, i) => !left.includes(i))
    const cases: [string, Uint8Array, object][] = [
      ['a payload', flipped(whole, second + 40), { offset: second, room, frames: lacking(1), lost: 1 }],
      ['a length', flipped(whole, second + 3), { offset: second, room, frames: lacking(1), lost: 1 }],
      [
        'a length beyond the end',
        flipped(whole, second + 1, 0x7f),
        { offset: second, room, frames: lacking(1), lost: 1 },
      ],
      ['two', flipped(flipped(whole, first), third + 9), { offset: first, room, frames: lacking(0, 2), lost: 2 }],
      ['its mark', flipped(whole, 3), { offset: 0, room, frames, lost: 0 }],
      ['its head', flipped(whole, head + 9), { offset: head, room: null, frames, lost: 0 }],
      ['its trailer', flipped(whole, trailer + 5), { offset: trailer, room, frames, lost: 0 }],
      ['its end', whole.slice(0, third + 10), { offset: third, room, frames: lacking(2), lost: 1 }],
      ['more than its end', concatBytes(whole, whole.slice(first)), { offset: whole.length, room, lost: 0 }],
      ['a part that is not there', concatBytes(whole.slice(0, first), whole.slice(second)), { lost: 1 }],
      [
        'one that stands where another should',
        concatBytes(whole.slice(0, first), whole.slice(second, third), whole.slice(second)),
        { offset: first + third - second, room, frames: lacking(0), lost: 1 },
      ],
      ['all of it again', concatBytes(whole, whole), { offset: whole.length, room, frames, lost: 0 }],
      ['head and end', flipped(whole, head + 9).slice(0, trailer), { offset: head, room: null, frames, lost: null }],
    ]
    for (const [name, damaged, expected] of cases) {
      expect(readRoomFile(damaged), name).toMatchObject({ type: 'damaged', ...expected })
    }
  })

  it('Y27: gives its frames without their snapshot, which is lost, and a snapshot without frames', () => {
    const given = resumed()
    const { room, frames, snapshot } = given
    const whole = writeRoomFile(given)
    const [head = 0, at = 0, first = 0, second = 0, third = 0] = partsOf(whole)
    const cases: [string, Uint8Array, object][] = [
      ['its payload', flipped(whole, at + 40), { offset: at, room, snapshot: null, frames, lost: 1 }],
      ['its length', flipped(whole, at + 4), { offset: at, room, snapshot: null, frames, lost: 1 }],
      [
        'it and its head',
        flipped(flipped(whole, at), head),
        { offset: head, room: null, snapshot: null, frames, lost: 1 },
      ],
      ['it is not there', concatBytes(whole.slice(0, at), whole.slice(first)), { snapshot: null, frames, lost: 1 }],
      ['all but it', whole.slice(0, first), { offset: first, room, snapshot, frames: [], lost: 3 }],
      ['a frame', flipped(whole, second + 20), { offset: second, snapshot, frames: [frames[0], frames[2]], lost: 1 }],
    ]
    for (const [name, damaged, expected] of cases) {
      expect(readRoomFile(damaged), name).toMatchObject({ type: 'damaged', ...expected })
    }
    const late = [whole.slice(0, at), whole.slice(first, third), whole.slice(at, first), whole.slice(third)]
    const twice = [whole.slice(0, first), sealed(flipped(whole.slice(at, first - 4), 9)), whole.slice(first)]
    for (const [parts, offset] of [
      [late, at + third - first],
      [twice, first],
    ] as const) {
      expect(readRoomFile(concatBytes(...parts))).toEqual({ type: 'damaged', offset, room, snapshot, frames, lost: 0 })
    }
  })

  it('Y27: whose parts are sound, and are not those that were written, is damaged at its end', () => {
    const whole = writeRoomFile(sample())
    const [, first = 0, second = 0, third = 0, trailer = 0] = partsOf(whole)
    const swapped = [whole.slice(0, first), whole.slice(second, third), whole.slice(first, second), whole.slice(third)]
    const counting = sealed(
      concatBytes(whole.slice(trailer, trailer + 5), Uint8Array.of(9), whole.slice(trailer + 6, -4)),
    )
    for (const wrong of [concatBytes(...swapped), concatBytes(whole.slice(0, trailer), counting)]) {
      expect(readRoomFile(wrong)).toMatchObject({ type: 'damaged', offset: trailer })
    }
  })

  it('Y27: is not searched for ever, whatever it holds', () => {
    // Each of its bytes looks like the beginning of a part as long as half of the file.
    const hostile = new Uint8Array(300_000)
    const view = new DataView(hostile.buffer)
    for (let at = 0; at + 5 < hostile.length; at += 5) {
      hostile[at] = 2
      view.setUint32(at + 1, hostile.length / 2)
    }
    const whole = concatBytes(writeRoomFile(sample()).slice(0, -5), hostile)
    const begun = performance.now()
    expect(readRoomFile(whole)).toMatchObject({ type: 'damaged', lost: 0 })
    expect(performance.now() - begun).toBeLessThan(1000)
  })

  it('Y27: of a newer layout is no damage', () => {
    const whole = writeRoomFile(sample())
    const [head = 0, first = 0] = partsOf(whole)
    const newer = concatBytes(
      whole.slice(0, head),
      sealed(flipped(whole.slice(head, first - 4), 5, 2 ** 6)),
      whole.slice(first),
    )
    expect(readRoomFile(newer)).toEqual({ type: 'refused', code: 'file-newer-version' })
  })
})
