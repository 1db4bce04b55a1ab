import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonText } from '../json-text.ts'
import { OUTPUT_MAX_DEPTH, type Output, outputOf, outputText } from './output.ts'

const raw = (value: unknown) => JSON.stringify(value) as JsonText

const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u2028', '\u001b', '😀', '\ud83d') })
const plain = fc
  .jsonValue({ noUnicodeString: false } as fc.JsonSharedConstraints)
  .filter(value => !Object.is(value, -0))
const data = fc.dictionary(fc.constantFrom('text/plain', 'text/html', 'image/svg+xml', 'image/png'), text)
const metadata = fc.dictionary(fc.string(), plain)
const output: fc.Arbitrary<Output> = fc.oneof(
  fc.record({ type: fc.constant('stream' as const), name: fc.string(), text }),
  fc.record({ type: fc.constant('display_data' as const), data, metadata }),
  fc.record({
    type: fc.constant('execute_result' as const),
    data: fc.tuple(data, plain).map(([data, json]) => ({ ...data, 'application/vnd.x.v1+json': json })),
    metadata,
    executionCount: fc.option(fc.nat()),
  }),
  fc.record({ type: fc.constant('error' as const), ename: text, evalue: text, traceback: fc.array(text) }),
)

describe('outputs', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(output, output => {
        expect(outputOf(outputText(output))).toEqual(output)
      }),
    )
  })

  it('are written as Jupyter writes them: keys sorted, text in lines, everything else alone', () => {
    const written = outputText({
      type: 'execute_result',
      data: {
        'text/x': 'a\nb',
        'image/svg+xml': '<a>\n',
        'image/png': 'x\n',
        'application/json': { b: 'p\nq', a: [1, -0] },
      },
      metadata: {},
      executionCount: 2,
    })
    expect(written).toBe(
      '{"data":{"application/json":{"a":[1,-0],"b":"p\\nq"},"image/png":"x\\n","image/svg+xml":["<a>\\n"],"text/x":["a\\n","b"]},' +
        '"execution_count":2,"metadata":{},"output_type":"execute_result"}',
    )
  })

  it('join lines with nothing, but leave JSON data alone', () => {
    const data = { 'text/html': ['<b>', 'x</b>'], 'application/json': ['a', 'b'], 'x/y': [1], __proto__: null }
    expect(outputOf(raw({ output_type: 'display_data', data, metadata: {} }))).toEqual({
      type: 'display_data',
      data: { 'text/html': '<b>x</b>', 'application/json': ['a', 'b'], 'x/y': [1] },
      metadata: {},
    })
  })

  it.each([
    'no json',
    '7',
    '{}',
    raw({ output_type: 'smell', strength: 3 }),
    raw({ output_type: 'stream', name: 'stdout', text: 5 }),
    raw({ output_type: 'display_data', data: [] }),
    raw({ output_type: 'error', ename: 'x' }),
  ])('that nobody understands keep their text: %s', text => {
    const unknown = outputOf(text as JsonText)
    expect(unknown).toEqual({ type: 'unknown', raw: text })
    expect(outputText(unknown)).toBe(text)
  })

  it('that are nested too deeply say so', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    const display = (levels: number) =>
      outputOf(outputText({ type: 'display_data', data: { 'application/json': deep(levels) }, metadata: {} }))
    expect(display(OUTPUT_MAX_DEPTH - 2)).toMatchObject({ type: 'display_data' })
    expect(display(OUTPUT_MAX_DEPTH - 1)).toMatchObject({ type: 'stream', text: expect.stringMatching(/nested more/) })
  })
})
