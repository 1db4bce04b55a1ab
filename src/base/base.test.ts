import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { compareBytes, concatBytes, equalBytes, fromBase64Url, fromHex, toBase64Url, toHex, toUtf8 } from './bytes.ts'
import { crc32 } from './crc32.ts'
import { SupermeshError } from './error.ts'
import { createScope } from './scope.ts'
import { createCell, createEmitter } from './subscribe.ts'

const bytes = fc.uint8Array({ maxLength: 40 })

describe('byte strings', () => {
  it('come back from hexadecimal and base64url, which have one spelling each', () => {
    fc.assert(
      fc.property(bytes, given => {
        expect([...fromHex(toHex(given))]).toEqual([...given])
        expect(toHex(given)).toBe(Buffer.from(given).toString('hex'))
        expect(toBase64Url(given)).toBe(Buffer.from(given).toString('base64url'))
        expect([...(fromBase64Url(toBase64Url(given)) ?? [])]).toEqual([...given])
      }),
    )
    for (const wrong of ['A', 'AB', 'A+', 'AA==', 'A A', 'é']) expect(fromBase64Url(wrong), wrong).toBeNull()
    for (const wrong of ['a', 'zz', '0x']) expect(() => fromHex(wrong)).toThrow(RangeError)
  })

  it('have the checksum that everybody computes, in one piece or in several', () => {
    expect(crc32(toUtf8('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array())).toBe(0)
    fc.assert(fc.property(bytes, bytes, (a, b) => crc32(b, crc32(a)) === crc32(concatBytes(a, b))))
  })

  it('are ordered as their hexadecimal is', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [left, right] = [toHex(a), toHex(b)]
        expect(Math.sign(compareBytes(a, b))).toBe(left < right ? -1 : left > right ? 1 : 0)
        expect(equalBytes(a, b)).toBe(left === right)
        expect(toHex(concatBytes(a, b))).toBe(left + right)
      }),
    )
  })
})

describe('a scope', () => {
  it('ends everything once, in reverse, whatever throws, and what comes late at once', () => {
    const ended: string[] = []
    const scope = createScope()
    scope.add(() => ended.push('first'))
    scope.add(() => {
      throw new SupermeshError('broken', 'The second broke.')
    })
    scope.add(() => ended.push('third'))
    expect(() => scope.dispose()).toThrow('The second broke.')
    scope.dispose()
    scope.add(() => ended.push('late'))
    expect([ended, scope.disposed]).toEqual([['third', 'first', 'late'], true])
  })
})

describe('what can be watched', () => {
  it('tells everybody, also when one throws, and the error comes out where a developer sees it', () => {
    const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {})
    const heard: string[] = []
    const emitter = createEmitter<string>()
    emitter.subscribe(() => {
      throw new Error('mine')
    })
    const listener = (value: string) => heard.push(value)
    const stop = emitter.subscribe(listener)
    expect(() => emitter.subscribe(null as unknown as () => void)).toThrow('A listener is a function, not null.')
    emitter.subscribe(listener)
    emitter.emit('a')
    stop()
    stop()
    emitter.emit('b')
    expect(heard).toEqual(['a', 'a', 'b'])
    expect(later).toHaveBeenCalledTimes(2)
    expect(() => later.mock.calls[0]?.[0]()).toThrow('mine')
    later.mockRestore()
  })

  it('is heard of when it changes, and only then', () => {
    const cell = createCell({ n: 1 })
    const heard: number[] = []
    cell.subscribe(({ n }) => heard.push(n))
    const same = cell.getSnapshot()
    cell.set(same)
    cell.set({ n: 2 })
    expect([heard, cell.getSnapshot()]).toEqual([[2], { n: 2 }])
  })
})
