import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { loadPyodide, type PyodideAPI } from 'pyodide'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

// The Python side alone, in Pyodide under Node: no frame, no worker, no way to wait.

interface Message {
  readonly msg_type: string
  readonly content: Record<string, unknown>
}

let python: PyodideAPI
let messages: Message[] = []
let hear: (message: Message) => void = () => undefined
const shared = { interrupt: new Uint8Array(new SharedArrayBuffer(1)), wanted: new Int32Array(new SharedArrayBuffer(4)) }
/** Another thread, so that the signal comes at any moment, and again until it is heard, as it does in a page. */
const INTERRUPTER = `
const { parentPort, workerData: { interrupt, wanted } } = require('node:worker_threads')
const SIGINT = 2
parentPort.on('message', time => {
  const until = performance.now() + (time % 50) / 10
  while (performance.now() < until);
  Atomics.store(wanted, 0, 1)
  interrupt[0] = SIGINT
})
setInterval(() => Atomics.compareExchange(wanted, 0, 1, 2) === 2 && (interrupt[0] = SIGINT), 50)`
let ask: (prompt: string, password: boolean) => string | undefined = () => undefined

beforeAll(async () => {
  python = await loadPyodide()
  const folder = new URL('.', import.meta.url)
  python.FS.mkdirTree('/lib/supermesh/supermesh_kernel')
  for (const name of readdirSync(folder).filter(name => name.endsWith('.py'))) {
    python.FS.writeFile(`/lib/supermesh/supermesh_kernel/${name}`, readFileSync(new URL(name, folder), 'utf8'))
  }
  python.runPython('import sys; sys.path.append("/lib/supermesh")')
  const kernel = python.pyimport('supermesh_kernel.kernel')
  kernel.connect(
    (json: string) => {
      const message: Message = JSON.parse(json)
      messages.push(message)
      hear(message)
    },
    (prompt: string, password: boolean) => ask(prompt, password),
    undefined,
    {
      listen: (on: boolean) => python.setInterruptBuffer(on ? shared.interrupt : (undefined as unknown as Uint8Array)),
      heard: () => Atomics.store(shared.wanted, 0, 0),
      repeat: () => Atomics.store(shared.wanted, 0, 2),
    },
  )
}, 60_000)

beforeEach(() => {
  hear = () => undefined
  messages = []
})

async function run(source: string) {
  const kernel = python.pyimport('supermesh_kernel.kernel')
  const reply = JSON.parse(await kernel.execute(source, false, true))
  const text = messages.map(({ content }) => content.text ?? '').join('')
  const traceback = Array.isArray(reply.traceback) ? reply.traceback.join('\n').replace(/\x1b\[\d+m/g, '') : ''
  return { reply, text, traceback, types: messages.map(message => message.msg_type) }
}

test('the streams keep the order in which they were written', async () => {
  await run('import sys\nprint("a", end="")\nprint("b", file=sys.stderr, end="")\nprint("c")')
  expect(messages.map(({ content }) => [content.name, content.text])).toEqual([
    ['stdout', 'a'],
    ['stderr', 'b'],
    ['stdout', 'c\n'],
  ])
})

test('a flood is gathered, and whole', async () => {
  const { text } = await run('for i in range(5000): print(i)')
  expect(text).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(''))
  expect(messages.length).toBeLessThan(1000)
})

test('only the last expression is shown, by the richest of its representations', async () => {
  await run('class A:\n  def _repr_html_(self): return "<b>A</b>"\n  def __repr__(self): return "A!"\n1\nA()')
  expect(messages).toMatchObject([
    { msg_type: 'execute_result', content: { data: { 'text/html': '<b>A</b>', 'text/plain': 'A!' } } },
  ])
})

test('a semicolon silences the last expression, and `_` is the last that was shown', async () => {
  await run('42')
  expect((await run('43;\n')).types).toEqual(['execute_result'])
  await run('_')
  expect(messages.map(({ content }) => content.data)).toEqual([{ 'text/plain': '42' }, { 'text/plain': '42' }])
})

test('a representation that fails is reported and the others are shown', async () => {
  await run('class B:\n  def _repr_html_(self): 1 / 0\n  def __repr__(self): return "B"\nB()')
  expect(messages[0]?.content.text).toContain('ZeroDivisionError')
  expect(messages[1]?.content.data).toEqual({ 'text/plain': 'B' })
})

test('magics are read only where Python stumbles', async () => {
  expect((await run('s = """\n%time x\n!ls\n"""\n%matplotlib inline\nlen(s)')).reply.status).toBe('ok')
  expect(messages[0]?.content.data).toEqual({ 'text/plain': '13' })
  expect((await run('%%time\nawaited = 1\nawaited')).text).toMatch(/^Wall time: /)
})

test.each([
  ['!ls', '`!` starts a program of the operating system'],
  ['files = !ls', '`!` starts a program of the operating system'],
  ['%pip install pandas', 'cannot install'],
  ['%%bash\nls', '%%bash is not known'],
  ['import pandas', 'carries the standard library'],
])('%j is refused in words', async (source, words) => {
  const { reply, traceback } = await run(source)
  expect(reply.evalue).toContain(words)
  expect(traceback).not.toMatch(/pyodide|supermesh_kernel|_base\.py/)
})

test('a traceback shows the reader’s frames, their lines, and what caused it', async () => {
  const { traceback } = await run(
    '%%time\ndef f():\n  try:\n    1 / 0\n  except Exception as e:\n    raise ValueError("v") from e\nf()',
  )
  expect(traceback).toContain('----> 4     1 / 0')
  expect(traceback).toContain('was the direct cause of')
  expect(traceback).toContain('----> 7 f()')
  expect(traceback).toMatch(/ValueError: v$/)
  expect(traceback).not.toMatch(/pyodide|supermesh_kernel|_base\.py/)
})

test('a syntax error points at its place', async () => {
  const { traceback } = await run('x = 1\nfor i in x\n  pass')
  expect(traceback).toMatch(/line 2\n {4}for i in x\n {14}\^\nSyntaxError: expected ':'/)
})

test('an interrupt that comes before the cell has begun is not lost and ends that cell alone', async () => {
  const kernel = python.pyimport('supermesh_kernel.kernel')
  const called = kernel.execute('print("never")', false, true)
  kernel.interrupt()
  expect(JSON.parse(await called).ename).toBe('KeyboardInterrupt')
  expect((await run('print("next")')).text).toBe('next\n')
})

describe('an interrupt that comes at any moment', () => {
  let thread: Worker
  beforeAll(() => {
    thread = new Worker(INTERRUPTER, { eval: true, workerData: shared })
  })
  afterAll(() => thread.terminate())

  async function interrupted(source: string, time: number) {
    thread.postMessage(time)
    const { reply } = await run(source)
    return reply.ename
  }

  test.each([
    ['awaits', 'import asyncio\nwhile True: await asyncio.sleep(0)'],
    ['computes', 'while True: pass'],
    ['shows what computes', 'class Slow:\n  def __repr__(self):\n    while True: pass\nSlow()'],
  ])('ends a cell that %s, and nothing else', async (_what, source) => {
    for (let time = 0; time < 200; time++) {
      expect(await interrupted(source, time)).toBe('KeyboardInterrupt')
    }
    expect((await run('print("next")')).text).toBe('next\n')
  })

  test('leaves no complaint of the cell that it ended before its first step', async () => {
    const begun = 'import ast\neval(compile("await 1", "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))\nprint("next")'
    expect((await run(begun)).text).toBe('next\n')
    expect((await run('async def own(): pass\nown()\nprint()')).text).toContain("coroutine 'own' was never awaited")
  })

  test('ends a task that holds up the event loop', async () => {
    hear = ({ content }) => content.text === 'spinning\n' && thread.postMessage(1)
    const spin =
      'import asyncio\nasync def spin():\n  print("spinning")\n  while True: pass\nawait asyncio.create_task(spin())'
    expect((await run(spin)).reply.ename).toBe('KeyboardInterrupt')
  })

  test.each([
    ['a task', 'asyncio.create_task(spin())', 'async '],
    ['a callback', 'asyncio.get_event_loop().call_soon(spin)', ''],
  ])('ends %s that was left to the event loop and holds it up, with its cell', async (_what, begin, isAsync) => {
    hear = ({ content }) => content.text === 'spinning\n' && thread.postMessage(1)
    const spin = `import asyncio\n${isAsync}def spin():\n  print("spinning")\n  while True: pass\n${begin}\nawait asyncio.sleep(500)`
    expect((await run(spin)).reply.ename).toBe('KeyboardInterrupt')
    expect((await run('print("next")')).reply.status).toBe('ok')
  })

  test('is over when its cell has caught it', async () => {
    const source =
      'import asyncio, time\ntry:\n  print("waiting\\n", end="")\n  await asyncio.sleep(500)\nexcept asyncio.CancelledError: pass\ntime.sleep(0.001)\nprint("slept")'
    hear = ({ content }) =>
      content.text === 'waiting\n' && setTimeout(() => python.pyimport('supermesh_kernel.kernel').interrupt(), 20)
    const { reply, text } = await run(source)
    expect([reply.status, text]).toEqual(['ok', 'waiting\nslept\n'])
  })

  test('comes again when a finalizer has swallowed it', async () => {
    hear = ({ content }) => content.text === 'in it\n' && thread.postMessage(1)
    const source =
      'class A:\n  def __del__(self):\n    print("in it")\n    for i in range(10**8): pass\na = A()\ndel a\nprint("after it")\nwhile True: pass'
    expect((await run(source)).reply.ename).toBe('KeyboardInterrupt')
  })

  test('is caught, once, by a cell that catches it', async () => {
    hear = ({ content }) => content.text === 'begun\n' && thread.postMessage(1)
    const source =
      'try:\n  print("begun")\n  while True: pass\nexcept KeyboardInterrupt: print("caught")\nfor i in range(10**6): pass'
    expect(await run(source)).toMatchObject({ reply: { status: 'ok' }, text: 'begun\ncaught\n' })
  })
})

test('input() takes an answer, and none is an interrupt', async () => {
  ask = (prompt, password) => `${prompt}${password}`
  expect((await run('import getpass\nprint(input("a"), getpass.getpass("b"))')).text).toBe('afalse btrue\n')
  ask = () => undefined
  expect((await run('input()')).reply.ename).toBe('KeyboardInterrupt')
})

test('IPython’s displays have their media types', async () => {
  await run(
    'from IPython.display import *\ndisplay(HTML("h"), Markdown("m"), Image(b"\\xff\\xd8x"), Math("x"), JSON({"a": 1}))',
  )
  expect(messages.map(({ content }) => Object.keys(content.data as object)[0])).toEqual([
    'text/html',
    'text/markdown',
    'image/jpeg',
    'text/latex',
    'application/json',
  ])
})

test('nothing that a cell prints breaks the messages', async () => {
  const { reply, text } = await run('print("\\ud800 \\x00 \\u2028 😀")\nfloat("nan")')
  expect(reply.status).toBe('ok')
  expect(text).toContain('😀')
})
