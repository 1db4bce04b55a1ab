import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../base/bytes.ts'
import {
  ASSEMBLIES_MAX,
  CHUNK_MAX,
  chunkAt,
  chunkCount,
  createAssembler,
  goodbyeChunk,
  MESSAGE_MAX,
  pingChunk,
} from './chunk.ts'

/** A message whose bytes tell their place, so that a swapped part shows. */
function patterned(length: number, seed: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 0xff)
}

function chunksOf(message: Bytes, id: number): Bytes[] {
  return Array.from({ length: chunkCount(message.length) }, (_, index) => chunkAt(message, id, index))
}

function part(id: number, index: number, total: number, length: number): Bytes {
  const chunk = new Uint8Array(13 + length)
  const header = new DataView(chunk.buffer)
  header.setUint8(0, 3)
  header.setUint32(1, id)
  header.setUint32(5, index)
  header.setUint32(9, total)
  return chunk
}

const partBytes = CHUNK_MAX - 13

describe('chunks', () => {
  it('bring every message back, whatever its size and however messages interleave', () => {
    const lengths = fc.oneof(
      fc.nat(300),
      fc.constantFrom(CHUNK_MAX - 2, CHUNK_MAX - 1, CHUNK_MAX, 2 * partBytes, 2 * partBytes + 1),
      fc.nat(400_000),
    )
    fc.assert(
      fc.property(
        fc.array(lengths, { minLength: 1, maxLength: ASSEMBLIES_MAX }),
        fc.infiniteStream(fc.nat()),
        (sizes, dice) => {
          const messages = sizes.map((size, i) => patterned(size, i))
          const waiting = messages.map((message, id) => ({ id, chunks: chunksOf(message, id) }))
          const assembler = createAssembler()
          const arrived = new Map<number, Bytes>()
          for (let left = waiting; left.length > 0; left = left.filter(({ chunks }) => chunks.length > 0)) {
            const turn = left[dice.next().value % left.length]
            const chunk = turn?.chunks.shift()
            if (turn === undefined || chunk === undefined) throw new Error('an empty queue was left in')
            expect(chunk.length).toBeLessThanOrEqual(CHUNK_MAX)
            const arrival = assembler.accept(chunk)
            if (arrival.type === 'message') arrived.set(turn.id, arrival.message)
            else expect(arrival.type).toBe('partial')
          }
          for (const [id, message] of messages.entries())
            expect(Buffer.compare(arrived.get(id) ?? Buffer.of(), message)).toBe(0)
          expect(arrived.size).toBe(messages.length)
          expect(assembler.reserved).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('carry the largest message, and no larger', () => {
    const message = new Uint8Array(MESSAGE_MAX)
    message[MESSAGE_MAX - 1] = 7
    const assembler = createAssembler()
    const last = chunksOf(message, 1)
      .map(chunk => assembler.accept(chunk))
      .at(-1)
    expect(last?.type === 'message' && last.message.length === MESSAGE_MAX && last.message.at(-1)).toBe(7)
    expect(() => chunkAt(new Uint8Array(MESSAGE_MAX + 1), 1, 0)).toThrow(RangeError)
  })

  it('of one byte are heartbeat and goodbye', () => {
    const assembler = createAssembler()
    expect(assembler.accept(pingChunk)).toEqual({ type: 'ping' })
    expect(assembler.accept(goodbyeChunk)).toEqual({ type: 'goodbye' })
  })

  it('read a chunk that is a view into a larger buffer', () => {
    const buffer = new Uint8Array([9, 9, 2, 65, 66, 9])
    expect(createAssembler().accept(buffer.subarray(2, 5))).toEqual({ type: 'message', message: Uint8Array.of(65, 66) })
  })
})

describe('hostile chunks', () => {
  it('are answered, never thrown at, and reserve a bounded number of bytes', () => {
    const header = fc.tuple(
      fc.nat(20),
      fc.nat(4),
      fc.constantFrom(0, 65_535, 70_000, MESSAGE_MAX / 2, MESSAGE_MAX, 2 ** 32 - 1),
    )
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map(bytes => Uint8Array.from(bytes)),
      header.map(([id, index, total]) => part(id, index, total, partBytes)),
      header.map(([id, index, total]) => part(id, index, total, 5)),
    )
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 60 }), chunks => {
        const assembler = createAssembler()
        for (const chunk of chunks) {
          expect(['ping', 'goodbye', 'message', 'partial', 'refused']).toContain(assembler.accept(chunk).type)
          expect(assembler.reserved).toBeLessThanOrEqual(MESSAGE_MAX)
        }
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['chunk-empty', [new Uint8Array(0)]],
    ['chunk-too-large', [new Uint8Array(CHUNK_MAX + 1)]],
    ['chunk-unknown-kind', [Uint8Array.of(4)]],
    ['chunk-trailing-bytes', [Uint8Array.of(0, 0)]],
    ['part-too-short', [part(1, 0, 100_000, 0)]],
    ['part-total-out-of-range', [part(1, 0, 10, 10)]],
    ['part-total-out-of-range', [part(1, 0, MESSAGE_MAX + 1, partBytes)]],
    ['part-wrong-length', [part(1, 0, 100_000, 10)]],
    ['part-out-of-order', [part(1, 1, 200_000, partBytes)]],
    ['part-out-of-order', [part(1, 0, 200_000, partBytes), part(1, 0, 200_000, partBytes)]],
    ['part-out-of-order', [part(1, 9, 200_000, partBytes)]],
    ['part-total-changed', [part(1, 0, 200_000, partBytes), part(1, 1, 200_001, partBytes)]],
    ['too-many-bytes', [part(1, 0, MESSAGE_MAX, partBytes), part(2, 0, 200_000, partBytes)]],
    ['too-many-assemblies', Array.from({ length: ASSEMBLIES_MAX + 1 }, (_, id) => part(id, 0, 200_000, partBytes))],
  ] as const)('%s', (code, chunks) => {
    const assembler = createAssembler()
    expect(chunks.map(chunk => assembler.accept(chunk)).at(-1)).toEqual({ type: 'refused', code })
  })
})
