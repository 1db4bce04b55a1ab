/**
 * What every kernel behind the port must do, as steps that can be run against any backend, in a browser too.
 *
 * Imports no test framework: each step answers with the deviations that it found, and whoever runs them asserts that there
 * are none. Takes its waiting as an argument, so that it stays out of real time.
 */
import type { ExecuteResult, Kernel, KernelBackend, KernelEvent } from './kernel.ts'

export interface ContractOptions {
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>
  /** Leave out interrupting a computation, which an embedded kernel can only do in an isolated page. */
  readonly interruptible: boolean
}

export interface StepReport {
  readonly step: string
  /** Empty when the step held. */
  readonly deviations: readonly string[]
}

interface Run {
  readonly result: ExecuteResult
  readonly events: readonly KernelEvent[]
}

type Expect = (what: string, actual: unknown, expected: unknown) => void
type Step = (kernel: Kernel, expect: Expect, options: ContractOptions, run: Runner) => Promise<void>
type Runner = (source: string, onEvent?: (event: KernelEvent) => void) => Promise<Run>

/** A step that takes longer has failed. */
const STEP_PATIENCE_MS = 20_000

const STEPS: Readonly<Record<string, Step>> = {
  'a value is a result with its count': async (_kernel, expect, _options, run) => {
    const { result, events } = await run('1 + 1')
    expect('status', result.status, 'ok')
    expect('events', events.length, 1)
    const [event] = events
    expect('type', event?.type, 'execute_result')
    if (event?.type !== 'execute_result') return
    expect('value', event.data['text/plain'], '2')
    expect('count', event.executionCount, result.executionCount)
  },

  'both streams arrive under their names': async (_kernel, expect, _options, run) => {
    const { events } = await run('import sys\nprint("out")\nprint("err", file=sys.stderr)\nprint("é €")')
    expect('stdout', textOf(events, 'stdout'), 'out\né €\n')
    expect('stderr', textOf(events, 'stderr'), 'err\n')
  },

  'a print is seen while the cell goes on': async (kernel, expect, options, run) => {
    const seen = Promise.withResolvers<void>()
    const busy = run('import time\nprint("early")\ntime.sleep(1.5)\nprint("late")', event => {
      if (event.type === 'stream' && event.text.includes('early')) seen.resolve()
    })
    await seen.promise
    expect('status while it goes on', kernel.status.getSnapshot(), 'busy')
    const order = await Promise.race([busy.then(() => 'finished'), options.sleep(300).then(() => 'going on')])
    expect('after the first line', order, 'going on')
    expect('text', textOf((await busy).events, 'stdout'), 'early\nlate\n')
    expect('status afterwards', kernel.status.getSnapshot(), 'idle')
  },

  'a flood of lines arrives whole and in order': async (_kernel, expect, _options, run) => {
    const { events } = await run('for i in range(20000): print(i)')
    const lines = textOf(events, 'stdout').split('\n')
    expect('lines', lines.length, 20_001)
    expect(
      'first difference',
      lines.findIndex((line, index) => line !== String(index)),
      20_000,
    )
  },

  'an error has a name, a value and the line': async (_kernel, expect, _options, run) => {
    const { result, events } = await run('def f():\n    return 1 / 0\nf()')
    expect('status', result.status, 'error')
    const error = events.find(event => event.type === 'error')
    expect('name', error?.ename, 'ZeroDivisionError')
    expect('value', error?.evalue, 'division by zero')
    // Without its colours, which may stand in the middle of a line.
    const traceback = error?.traceback.join('\n').replace(/\x1b\[[0-9;]*m/g, '') ?? ''
    expect('shows the line', traceback.includes('1 / 0'), true)
    expect('shows machinery', /pyodide|supermesh_kernel/.test(traceback), false)
  },

  'a syntax error is an error': async (_kernel, expect, _options, run) => {
    const { result, events } = await run('a = = 1')
    expect('status', result.status, 'error')
    expect('name', events.find(event => event.type === 'error')?.ename, 'SyntaxError')
  },

  'what is queued behind an error is aborted': async (_kernel, expect, _options, run) => {
    const [failed, queued] = await Promise.all([run('import time; time.sleep(0.3); 1 / 0'), run('print("never")')])
    expect('first', failed.result.status, 'error')
    expect('second', queued.result.status, 'aborted')
    expect('output of the second', queued.events.length, 0)
    expect('afterwards', (await run('2')).result.status, 'ok')
  },

  'displays can be shown and changed': async (_kernel, expect, _options, run) => {
    const { events } = await run(
      'from IPython.display import HTML, display\nh = display(HTML("<b>1</b>"), display_id="d1")',
    )
    const [shown] = events
    expect('shown', shown?.type, 'display_data')
    if (shown?.type === 'display_data') {
      expect('html', shown.data['text/html'], '<b>1</b>')
      expect('id', shown.displayId, 'd1')
    }
    const [changed] = (await run('h.update(HTML("<b>2</b>"))')).events
    expect('changed', changed?.type, 'update_display_data')
    if (changed?.type !== 'update_display_data') return
    expect('html', changed.data['text/html'], '<b>2</b>')
    expect('id', changed.displayId, 'd1')
  },

  'outputs can be cleared': async (_kernel, expect, _options, run) => {
    const { events } = await run('from IPython.display import clear_output\nclear_output(wait=True)')
    expect('event', events, [{ type: 'clear_output', wait: true }])
  },

  'magics that notebooks use are understood': async (_kernel, expect, _options, run) => {
    expect('%%time', (await run('%%time\nx = 5\nx')).events.map(event => event.type).sort(), [
      'execute_result',
      'stream',
    ])
    const { result, events } = await run('y = 7 % 4\n%time z = 1\nf"{y} %s" % z if False else y')
    expect('%time', result.status, 'ok')
    expect('value', resultOf(events), '3')
  },

  'await works at the top': async (_kernel, expect, _options, run) => {
    const { events } = await run('import asyncio\nawait asyncio.sleep(0.01, "slept")')
    expect('value', resultOf(events), "'slept'")
  },

  'input() asks and goes on with the answer': async (kernel, expect, _options, run) => {
    const { result, events } = await run('name = input("Your name? ")\nprint("Hello,", name)', event => {
      if (event.type === 'input-request') kernel.reply('Zoë')
    })
    expect('status', result.status, 'ok')
    const question = events.find(event => event.type === 'input-request')
    expect('prompt', question?.prompt, 'Your name? ')
    expect('password', question?.password, false)
    expect('text', textOf(events, 'stdout'), 'Hello, Zoë\n')
  },

  'names are completed and explained': async (kernel, expect, _options, run) => {
    await run('import sys')
    const source = '"😀"; sys.versi'
    const completion = await kernel.complete(source, source.length)
    const completed = completion.matches.map(match => source.slice(0, completion.start) + match)
    expect('a match', completed.includes('"😀"; sys.version'), true)
    expect('end', completion.end, source.length)
    expect('len', String((await kernel.inspect('len', 3))?.['text/plain']).includes('number of items'), true)
    expect('nothing', await kernel.inspect('no_such_name', 5), null)
  },

  'waiting is interrupted': async (kernel, expect, options, run) => {
    const waiting = run('import asyncio\nawait asyncio.sleep(500)')
    await options.sleep(500)
    await kernel.interrupt()
    const { result, events } = await waiting
    expect('status', result.status, 'error')
    // ipykernel cancels the task, CPython raises: both names mean that it was interrupted.
    const name = events.find(event => event.type === 'error')?.ename ?? ''
    expect('name', ['KeyboardInterrupt', 'CancelledError'].includes(name), true)
    expect('afterwards', (await run('3')).result.status, 'ok')
  },

  'sleeping is interrupted': async (kernel, expect, options, run) => {
    const sleeping = run('import time\ntime.sleep(500)')
    await options.sleep(500)
    await kernel.interrupt()
    expect('name', (await sleeping).events.find(event => event.type === 'error')?.ename, 'KeyboardInterrupt')
  },

  'a computation is interrupted, and what it printed was seen': async (kernel, expect, options, run) => {
    if (!options.interruptible) return
    const seen = Promise.withResolvers<void>()
    const computing = run('for i in range(500): print(i)\nwhile True: pass', event => {
      if (event.type === 'stream' && event.text.includes('499')) seen.resolve()
    })
    await seen.promise
    await kernel.interrupt()
    const { result, events } = await computing
    expect('status', result.status, 'error')
    expect('name', events.find(event => event.type === 'error')?.ename, 'KeyboardInterrupt')
    expect('afterwards', (await run('4')).result.status, 'ok')
  },

  'an interrupt that comes at once is not lost': async (kernel, expect, options, run) => {
    if (!options.interruptible) return
    for (let time = 0; time < 5; time++) {
      const computing = run('while True: pass')
      await kernel.interrupt()
      const { result, events } = await computing
      expect('status', result.status, 'error')
      expect('name', events.find(event => event.type === 'error')?.ename, 'KeyboardInterrupt')
    }
    expect('afterwards', (await run('print(6)')).result.status, 'ok')
  },

  'an interrupt that the cell catches is over': async (kernel, expect, options, run) => {
    if (!options.interruptible) return
    const begun = Promise.withResolvers<void>()
    const source = 'try:\n  print("begun")\n  while True: pass\nexcept KeyboardInterrupt: print("caught")'
    const catching = run(`${source}\nprint("end")`, event => {
      if (event.type === 'stream' && event.text.includes('begun')) begun.resolve()
    })
    await begun.promise
    await kernel.interrupt()
    const { result, events } = await catching
    expect('status', result.status, 'ok')
    expect('text', textOf(events, 'stdout'), 'begun\ncaught\nend\n')
  },

  'interrupting nothing changes nothing': async (kernel, expect, _options, run) => {
    await kernel.interrupt()
    expect('afterwards', (await run('5')).result.status, 'ok')
  },

  'a restart ends what runs, drops what waits and forgets': async (kernel, expect, options, run) => {
    await run('kept = 1')
    const running = run('import time\nprint("running")\ntime.sleep(500)')
    const waiting = run('6')
    await options.sleep(500)
    await kernel.restart()
    const first = await running
    expect('running', first.result.status, 'error')
    expect('why', first.events.at(-1)?.type === 'error', true)
    expect('waiting', (await waiting).result.status, 'aborted')
    const { result, events } = await run('kept')
    expect('count', result.executionCount, 1)
    expect('forgot', events.find(event => event.type === 'error')?.ename, 'NameError')
  },

  'an attempt is executed once': async (kernel, expect) => {
    const attempt = `once-${kernel.description.id}`
    await kernel.execute({ attempt, source: 'n = globals().get("n", 0) + 1' }, () => undefined)
    let code: unknown = null
    try {
      await kernel.execute({ attempt, source: 'n = n + 1' }, () => undefined)
    } catch (error) {
      code = (error as { code?: unknown }).code
    }
    expect('refusal', code, 'attempt-repeated')
  },
}

/** Opens a kernel, takes it through the steps until one hangs, and shuts it down. Never rejects for a deviation. */
export async function checkKernelContract(
  backend: KernelBackend,
  options: ContractOptions,
): Promise<readonly StepReport[]> {
  const kernel = await backend.open({ onProgress: () => undefined })
  const reports: StepReport[] = []
  let attempts = 0
  const run: Runner = async (source, onEvent) => {
    const events: KernelEvent[] = []
    const attempt = `${kernel.description.id}-${attempts++}`
    const result = await kernel.execute({ attempt, source }, event => {
      events.push(event)
      onEvent?.(event)
    })
    return { result, events }
  }
  for (const [step, check] of Object.entries(STEPS)) {
    const deviations: string[] = []
    const expect: Expect = (what, actual, expected) => {
      const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
      if (is !== should) deviations.push(`${what}: ${is} instead of ${should}`)
    }
    const checked = check(kernel, expect, options, run).catch(error => void deviations.push(String(error)))
    const late = await Promise.race([checked.then(() => false), options.sleep(STEP_PATIENCE_MS).then(() => true)])
    reports.push({ step, deviations: late ? [...deviations, 'it took too long'] : deviations })
    // A kernel that hangs would fail every step after it.
    if (late) break
  }
  await kernel.shutdown()
  const ended = kernel.status.getSnapshot()
  reports.push({ step: 'a shutdown ends it', deviations: ended === 'dead' ? [] : [`its status is ${ended}`] })
  return reports
}

function textOf(events: readonly KernelEvent[], name: 'stdout' | 'stderr'): string {
  return events.map(event => (event.type === 'stream' && event.name === name ? event.text : '')).join('')
}

function resultOf(events: readonly KernelEvent[]): unknown {
  const result = events.find(event => event.type === 'execute_result')
  return result?.type === 'execute_result' ? result.data['text/plain'] : undefined
}
