import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJsonValue } from './json-value.ts'

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
const codeOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'accepted'
}

describe('values at the API', () => {
  it('S6: are what JSON makes of them, copied and frozen', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }).filter(given => !JSON.stringify(given).includes('"__proto__"')),
        given => {
          const taken = toJsonValue(given)
          expect(JSON.stringify(taken)).toBe(JSON.stringify(given))
          if (typeof given === 'object' && given !== null) {
            expect(taken).not.toBe(given)
            expect(Object.isFrozen(taken)).toBe(true)
          }
        },
      ),
    )
  })

  it('S6: are refused where JSON would lose something, with the path', () => {
    const loop: unknown[] = []
    loop.push(loop)
    const refused: unknown[] = [
      undefined,
      { a: [undefined] },
      Number.NaN,
      [Number.POSITIVE_INFINITY],
      1n,
      Symbol('s'),
      () => 1,
      new Date(0),
      new Map(),
      Object.create({}),
      JSON.parse('{"__proto__":1}'),
      loop,
    ]
    for (const value of refused)
      expect(
        codeOf(() => toJsonValue(value)),
        String(value),
      ).toBe('value-not-json')
    expect(() => toJsonValue({ a: [0, Number.NaN] }, 'meta')).toThrow('meta.a[1]')
    expect(Object.is(toJsonValue(-0), 0)).toBe(true)
  })

  it('S6: may be nested as deep as the wire allows inside a list, and no deeper', () => {
    expect(codeOf(() => toJsonValue(nested(63)))).toBe('accepted')
    expect(codeOf(() => toJsonValue(nested(64)))).toBe('value-not-json')
  })
})
