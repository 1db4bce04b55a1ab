// The worker's program: starts Pyodide from bytes that it was handed and passes requests to kernel.py.
//
// It is the end of one classic script whose beginning defines `loadPyodide` and `createPyodideModule` (see
// worker-program.ts). Python's code can reach everything in this thread; nothing here is a secret, and the page believes
// nothing that comes out unread.

const ORIGIN = 'https://python.invalid/'
const PACKAGE = '/lib/supermesh/supermesh_kernel'
const SIGINT = 2
const OVERDUE = 2
const WAIT_MS = 100
/** Characters that may be on their way to the page; a loop that prints more than it can show waits for it. */
const MAX_AHEAD = 4 << 20

let kernel
let shared
let current = null
let pendingAnswer = null

const post = message => self.postMessage(message)

addEventListener('message', ({ data }) => {
  if (data.type === 'start') start(data).catch(error => post({ type: 'failed', reason: lastWords(error) }))
  else if (data.type === 'input') settleAnswer(data.value)
  else if (data.type === 'interrupt') interrupt(data.id)
  else void serve(data)
})

async function start(message) {
  shared = message.shared
  const python = await loadFromBytes(message.files)
  // A crash of the machine itself reaches no caller: it happens in a turn of Python's event loop.
  python._api.on_fatal = error => post({ type: 'died', reason: lastWords(error) })
  // Python that closed its own worker would be silent for ever.
  self.close = () => {
    throw new Error('Python in this page ends with its kernel')
  }
  python.FS.mkdirTree(PACKAGE)
  const decoder = new TextDecoder()
  for (const [name, bytes] of Object.entries(message.files)) {
    if (name.endsWith('.py')) python.FS.writeFile(`${PACKAGE}/${name}`, decoder.decode(bytes))
  }
  python.runPython('import sys; sys.path.append("/lib/supermesh")')
  kernel = python.pyimport('supermesh_kernel.kernel')
  const { ask, wait } = waitingFor(python)
  kernel.connect(publish, ask, wait, shared ? signalsTo(python) : undefined)
  post({ type: 'ready', version: kernel.version(), interruptible: shared !== null })
}

/** Pyodide asks for its files by URL; they are here already, and nothing may be asked of a network. */
async function loadFromBytes(files) {
  const networkFetch = self.fetch
  self.fetch = async url => {
    const name = String(url).slice(ORIGIN.length)
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream'
    return new Response(files[name], { status: name in files ? 200 : 404, headers: { 'content-type': type } })
  }
  try {
    return await loadPyodide({
      createPyodideModule,
      indexURL: ORIGIN,
      packageBaseUrl: ORIGIN,
      lockFileContents: JSON.parse(new TextDecoder().decode(files['pyodide-lock.json'])),
      env: { HOME: '/home/pyodide', MPLBACKEND: 'agg' },
    })
  } finally {
    self.fetch = networkFetch
  }
}

/** How Python can wait here: on shared memory, by suspending WebAssembly, or not at all. */
function waitingFor(python) {
  if (shared) {
    const never = new Int32Array(new SharedArrayBuffer(4))
    return { ask: askBlocking, wait: seconds => void Atomics.wait(never, 0, 0, seconds * 1000) }
  }
  if (!('Suspending' in WebAssembly)) return { ask: undefined, wait: undefined }
  const [asking, waiting] = python.runPython(`
import time
from pyodide.ffi import can_run_sync, run_sync, to_js

block = time.sleep  # for code that JavaScript called, which cannot be suspended
asking = lambda begin: lambda prompt, password: run_sync(begin(prompt, password))
waiting = lambda begin: lambda seconds: run_sync(begin(seconds)) if can_run_sync() else block(seconds)
to_js([asking, waiting])
`)
  return {
    ask: asking(askSuspending),
    wait: waiting(seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000))),
  }
}

/** Pyodide reads a signal and clears it in two steps: one that comes between is lost. So an interrupt is wanted until it is heard. */
const signalsTo = python => ({
  listen: on => python.setInterruptBuffer(on ? shared.interrupt : undefined),
  heard: heardInterrupt,
  repeat: () => Atomics.store(shared.wanted, 0, OVERDUE),
})

function heardInterrupt() {
  Atomics.store(shared.wanted, 0, 0)
}

function publish(json) {
  post({ type: 'message', json })
  if (!shared) return
  Atomics.add(shared.ahead, 0, json.length)
  for (let ahead = Atomics.load(shared.ahead, 0); ahead > MAX_AHEAD; ahead = Atomics.load(shared.ahead, 0)) {
    if (Atomics.load(shared.interrupt, 0) === SIGINT) return
    Atomics.wait(shared.ahead, 0, ahead, WAIT_MS)
  }
}

// undefined is None to Python, which null is not.

function askBlocking(prompt, password) {
  const state = new Int32Array(shared.input, 0, 2)
  Atomics.store(state, 0, 0) // before the question goes out, or a quick answer would be lost
  post({ type: 'input', prompt, password })
  while (Atomics.load(state, 0) === 0) {
    Atomics.wait(state, 0, 0, WAIT_MS)
    if (Atomics.compareExchange(shared.interrupt, 0, SIGINT, 0) !== SIGINT) continue
    heardInterrupt()
    return undefined
  }
  return new TextDecoder().decode(new Uint8Array(shared.input, 8, state[1]).slice())
}

function askSuspending(prompt, password) {
  post({ type: 'input', prompt, password })
  return new Promise(resolve => {
    pendingAnswer = resolve
  })
}

function settleAnswer(value) {
  pendingAnswer?.(value)
  pendingAnswer = null
}

/** Reached only while Python awaits: a computing worker reads no messages. */
function interrupt(id) {
  if (id !== current) return
  if (shared) {
    // It came as a signal, too, which Python may have heard: it is one interrupt.
    if (Atomics.exchange(shared.wanted, 0, 0) === 0) return
    Atomics.store(shared.interrupt, 0, 0)
  }
  if (pendingAnswer) settleAnswer(undefined)
  else kernel.interrupt()
}

async function serve(request) {
  current = request.id
  try {
    post({ type: 'reply', id: request.id, json: await answerTo(request) })
  } catch (error) {
    // kernel.py answers every error of a cell: what is thrown here is the end of its machine.
    post({ type: 'died', reason: lastWords(error) })
  } finally {
    current = null
  }
}

function answerTo({ type, source, silent, storeHistory, cursor }) {
  if (type === 'execute') return kernel.execute(source, silent, storeHistory)
  return type === 'complete' ? kernel.complete(source, cursor) : kernel.inspect(source, cursor)
}

function lastWords(error) {
  return String(error?.message ?? error)
    .trim()
    .split('\n')
    .at(-1)
}
