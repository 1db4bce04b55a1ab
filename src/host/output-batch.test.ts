import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asJsonText } from '../jupyter/json-text.ts'
import { type Output, outputOf } from '../jupyter/nbformat/index.ts'
import type { KernelEvent } from './kernel.ts'
import { createOutputGatherer, OUTPUT_MAX_LENGTH, type OutputBatch, RUN_OUTPUT_MAX_LENGTH } from './output-batch.ts'

type Event = Exclude<KernelEvent, { type: 'input-request' }>

const print = (text: string, name: 'stdout' | 'stderr' = 'stdout'): Event => ({ type: 'stream', name, text })
const shown = (text: string, displayId?: string): Event => ({
  type: 'display_data',
  data: { 'text/plain': text },
  metadata: {},
  ...(displayId !== undefined && { displayId }),
})
const changed = (displayId: string, text: string): Event => ({
  type: 'update_display_data',
  displayId,
  data: { 'text/plain': text },
  metadata: {},
})
const FLUSH = 'flush'
const CLEAR: Event = { type: 'clear_output', wait: false }
const CLEAR_LATER: Event = { type: 'clear_output', wait: true }

/** What a reader of the document sees after `events`, written in batches. */
function written(events: readonly (Event | typeof FLUSH)[]) {
  const gatherer = createOutputGatherer(id => `key-${id}`)
  const batches: OutputBatch[] = []
  let stored: { readonly json: string; readonly display?: string }[] = []
  const displays = new Map<string, string>()
  const flush = () => {
    for (let batch = gatherer.flush(); batch; batch = gatherer.flush()) {
      batches.push(batch)
      stored = [...(batch.clear ? [] : stored), ...batch.outputs]
      for (const [key, json] of batch.displays) displays.set(key, json)
    }
  }
  for (const event of events) {
    if (event === FLUSH) flush()
    else gatherer.take(event)
  }
  flush()
  const outputs = stored.flatMap(({ json, display }): Output[] => {
    const text = asJsonText((display && displays.get(display)) ?? json)
    return text ? [outputOf(text)] : []
  })
  return { batches, outputs, words: outputs.map(wordsOf) }
}

function wordsOf(output: Output): string {
  if (output.type === 'stream') return output.text
  if (output.type === 'error') return output.ename
  return 'data' in output ? String(output.data['text/plain']) : '?'
}

describe('outputs of a run', () => {
  it('of one stream are one piece until another kind comes', () => {
    const { outputs, batches } = written([
      print('a'),
      print('b\n'),
      print('!', 'stderr'),
      print('c'),
      shown('x'),
      print('d'),
    ])
    expect(outputs.map(wordsOf)).toEqual(['ab\n', '!', 'c', 'x', 'd'])
    expect(batches).toHaveLength(1)
    expect(createOutputGatherer(id => id).flush()).toBeNull()
  })

  it('are cleared at once, or when the next one comes', () => {
    expect(written([print('a'), FLUSH, CLEAR]).words).toEqual([])
    expect(written([print('a'), FLUSH, CLEAR_LATER, FLUSH]).words).toEqual(['a'])
    expect(written([print('a'), FLUSH, CLEAR_LATER, FLUSH, print('b'), print('c')]).words).toEqual(['bc'])
    expect(written([print('a'), CLEAR_LATER, print('b')]).words).toEqual(['b'])
    expect(written([print('a'), CLEAR_LATER, CLEAR, print('b'), print('c', 'stderr')]).words).toEqual(['b', 'c'])
  })

  it('that were displayed under an id show their newest version', () => {
    expect(written([shown('1', 'a'), shown('other'), changed('a', '2')]).words).toEqual(['2', 'other'])
    expect(written([shown('1', 'a'), FLUSH, changed('a', '2'), FLUSH, changed('a', '3')]).words).toEqual(['3'])
    expect(written([shown('1', 'a'), changed('a', '2'), shown('3', 'a')]).words, 'shown again').toEqual(['3', '3'])
    expect(written([shown('1', 'a')]).batches[0]?.outputs[0]?.display).toBe('key-a')
  })

  it('are the same however often they are written', () => {
    const event = fc.oneof(
      fc.constantFrom(print('a'), print('b', 'stderr'), shown('x'), CLEAR, CLEAR_LATER),
      fc.constantFrom(shown('1', 'p'), changed('p', '2'), changed('q', '3'), shown('4', 'q')),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.boolean()), { maxLength: 30 }), events => {
        const often = events.flatMap(([event, flush]) => (flush ? [event, FLUSH as typeof FLUSH] : [event]))
        const joined = (words: readonly string[]) => words.join('|').replaceAll(/(?<=[a])\|(?=a)|(?<=b)\|(?=b)/g, '')
        expect(joined(written(often).words)).toBe(joined(written(events.map(([event]) => event)).words))
      }),
    )
  })

  it('end with a sentence at the limit, and nothing follows', () => {
    const piece = 'x'.repeat(RUN_OUTPUT_MAX_LENGTH / 4)
    const { words } = written([...Array(6).keys()].flatMap(() => [print(piece), FLUSH] as const))
    const text = words.join('')
    expect(text.match(/x/g)).toHaveLength(RUN_OUTPUT_MAX_LENGTH)
    expect(text).toMatch(/x\n\[Supermesh keeps no more output of this run[^x]*$/)
    expect(words.at(-1)).toMatch(/above the limit/)
  })

  it('of a long stream are cut into batches that fit an edit, not inside a character', () => {
    const text = `a${'🦓'.repeat(600_000)}`
    const { batches, words } = written([print(text)])
    expect(words.join('') === text).toBe(true)
    expect(words.every(word => word.isWellFormed())).toBe(true)
    const flood = written([print('\n'.repeat(700_000))])
    expect(flood.batches.length).toBeGreaterThan(1)
    for (const { outputs } of [...batches, ...flood.batches]) {
      expect(outputs.reduce((sum, { json }) => sum + JSON.stringify(json).length, 0)).toBeLessThan(8 * 1024 * 1024)
    }
    expect(flood.words.join('').length).toBe(700_000)
  })

  it('too large for one edit are replaced by a sentence', () => {
    const { words } = written([shown('"'.repeat(OUTPUT_MAX_LENGTH / 2 + 1)), print('next')])
    expect(words[0]).toMatch(/did not keep this output/)
    expect(words.at(-1)).toBe('next')
  })
})
