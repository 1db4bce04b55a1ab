import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../base/bytes.ts'
import { CHUNK_MAX, createAssembler, MESSAGE_MAX } from '../protocol/chunk.ts'
import { createOutbox, OUTBOX_MAX, type Outbox, URGENT_MAX } from './outbox.ts'

/** What the other side would see of the next `chunks` chunks. */
function receive(outbox: Outbox, chunks = Number.POSITIVE_INFINITY, assembler = createAssembler()): Bytes[] {
  const messages: Bytes[] = []
  for (let i = 0; i < chunks; i++) {
    const chunk = outbox.next()
    if (chunk === null) break
    const arrival = assembler.accept(chunk)
    if (arrival.type === 'refused') throw new Error(arrival.code)
    if (arrival.type === 'message') messages.push(arrival.message)
  }
  return messages
}

describe('the outbox', () => {
  it('delivers everything, each lane in its own order, and is empty then', () => {
    const item = fc.record({ size: fc.oneof(fc.nat(2000), fc.nat(3 * CHUNK_MAX)), urgent: fc.boolean() })
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), items => {
        const outbox = createOutbox()
        for (const [i, { size, urgent }] of items.entries()) {
          expect(outbox.push(new Uint8Array(4 + size).fill(i, 0, 4), { urgent })).toBeNull()
        }
        const arrived = receive(outbox).map(message => message[0] ?? -1)
        const overtakes = (i: number) => items[i]?.urgent === true && 4 + items[i].size <= URGENT_MAX
        const all = items.map((_, i) => i)
        expect(arrived).toEqual([...all.filter(overtakes), ...all.filter(i => !overtakes(i))])
        expect([outbox.waiting, outbox.isEmpty]).toEqual([0, true])
      }),
    )
  })

  it('lets an urgent message pass in the middle of a large one', () => {
    const outbox = createOutbox()
    const assembler = createAssembler()
    outbox.push(new Uint8Array(10 * CHUNK_MAX))
    expect(receive(outbox, 2, assembler)).toEqual([])
    outbox.push(Uint8Array.of(1))
    outbox.push(Uint8Array.of(2), { urgent: true })
    expect(receive(outbox, 1, assembler)).toEqual([Uint8Array.of(2)])
    expect(receive(outbox, 20, assembler).map(({ length }) => length)).toEqual([10 * CHUNK_MAX, 1])
  })

  it('says so when a message is too large or too much waits, and keeps what it has taken', () => {
    const outbox = createOutbox()
    expect(outbox.push(new Uint8Array(MESSAGE_MAX + 1))).toBe('message-too-large')
    const half = new Uint8Array(OUTBOX_MAX / 2)
    expect([outbox.push(half), outbox.push(half), outbox.push(Uint8Array.of(1))]).toEqual([null, null, 'queue-full'])
    expect(outbox.waiting).toBe(OUTBOX_MAX)
  })
})
