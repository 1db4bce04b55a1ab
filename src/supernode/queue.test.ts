import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NEW_QUEUE, type QueueEffect, type QueueEvent, type RunEnd, stepQueue } from './queue.ts'

const OK: RunEnd = { status: 'ok', executionCount: 1, sentence: '' }
const run = (name: string): QueueEvent => ({ type: 'run-given', run: name })
const preparing = (run: string): readonly QueueEvent[] => [
  { type: 'kernel-ready', run },
  { type: 'start-flushed', run },
]
const whole = (run: string): readonly QueueEvent[] => [...preparing(run), { type: 'run-ended', run, end: OK }]

function play(events: readonly QueueEvent[]) {
  let state = NEW_QUEUE
  const log: QueueEffect[] = []
  for (const event of events) {
    const [next, effects] = stepQueue(state, event)
    state = next
    log.push(...effects)
  }
  const words = log.map(({ type, run }) => `${type} ${run}`)
  return { state, log, words }
}

describe('the queue of a supernode', () => {
  it('Q2, Q3: begins one run after the other, each when its start is on disk', () => {
    const { words } = play([run('a'), run('b'), ...whole('a'), ...whole('b')])
    const one = (name: string) => [
      `ready-kernel ${name}`,
      `write-start ${name}`,
      `execute ${name}`,
      `write-finish ${name}`,
    ]
    expect(words).toEqual([...one('a'), ...one('b')])
  })

  it('Q4: ends the run that wanted a kernel when none can be opened, and tries again for the next', () => {
    const { log } = play([
      run('a'),
      run('b'),
      { type: 'kernel-failed', run: 'a', sentence: 'No Python.' },
      ...whole('b'),
    ])
    expect(log[1]).toEqual({
      type: 'write-finish',
      run: 'a',
      end: { status: 'error', executionCount: null, sentence: 'No Python.' },
    })
    expect(log.at(-1)).toEqual({ type: 'write-finish', run: 'b', end: OK })
  })

  it('Q6: ends the run whose start cannot be kept, unexecuted, and goes on with the next', () => {
    const failed: QueueEvent = { type: 'start-failed', run: 'a', sentence: 'The disk is full.' }
    const { log, words } = play([run('a'), run('b'), { type: 'kernel-ready', run: 'a' }, failed, failed, ...whole('b')])
    expect(words.filter(word => word.startsWith('execute'))).toEqual(['execute b'])
    expect(log[2]).toMatchObject({ run: 'a', end: { status: 'error', sentence: 'The disk is full.' } })
  })

  it.each(['interrupt', 'restart'] as const)('Q5: lets go of what waits on %s, and not of what runs', by => {
    const { log, state } = play([run('a'), run('b'), run('c'), ...preparing('a'), { type: 'stopped', by }])
    const dropped = log.flatMap(effect => (effect.type === 'write-finish' ? [[effect.run, effect.end.status]] : []))
    expect(dropped).toEqual([
      ['b', 'aborted'],
      ['c', 'aborted'],
    ])
    expect(state.current).toEqual({ run: 'a', stage: 'executing' })
    expect(stepQueue(state, run('b'))[1], 'Q1').toEqual([])
  })

  it.each([0, 1])('Q5: lets go of the run that is about to begin, after %i of its preparations', done => {
    const { words, log, state } = play([
      run('a'),
      run('b'),
      ...preparing('a').slice(0, done),
      { type: 'stopped', by: 'interrupt' },
      run('c'),
      ...whole('a'),
      { type: 'start-failed', run: 'a', sentence: 'Too late.' },
      ...whole('c'),
    ])
    expect(words.filter(word => word.startsWith('execute'))).toEqual(['execute c'])
    expect(log.flatMap(effect => (effect.type === 'write-finish' ? [[effect.run, effect.end.status]] : []))).toEqual([
      ['a', 'aborted'],
      ['b', 'aborted'],
      ['c', 'ok'],
    ])
    expect(state.current).toBeNull()
  })

  it('Q1, Q2: executes nothing twice and nothing at the same time, whatever comes in whatever order', () => {
    const names = ['a', 'b', 'c']
    const event = fc.oneof(
      fc.constantFrom(...names).map(run),
      fc.constantFrom<QueueEvent>(
        ...names.flatMap(whole),
        ...names.map(run => ({ type: 'kernel-failed', run, sentence: 'x' }) as const),
        ...names.map(run => ({ type: 'start-failed', run, sentence: 'x' }) as const),
        { type: 'stopped', by: 'restart' },
        { type: 'stopped', by: 'interrupt' },
      ),
    )
    fc.assert(
      fc.property(fc.array(event, { minLength: 20, maxLength: 60, size: 'max' }), events => {
        const { words } = play(events)
        const executed = words.filter(word => word.startsWith('execute'))
        expect(executed).toEqual([...new Set(executed)])
        const begun = new Set<string>()
        const finished = new Set<string>()
        let busy = ''
        for (const word of words) {
          const [type, name = ''] = word.split(' ')
          if (type === 'write-start') begun.add(name)
          if (type === 'write-finish') finished.add(name)
          if (type === 'execute') {
            expect(begun.has(name) && !finished.has(name)).toBe(true)
            expect(busy).toBe('')
            busy = name
          } else if (type === 'write-finish' && name === busy) busy = ''
        }
      }),
    )
  })
})
