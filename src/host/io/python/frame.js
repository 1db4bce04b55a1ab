// The frame's program: between the page and the worker in which Python lives.
//
// The frame has an origin of its own that nobody shares, so memory cannot be shared with the page; it is shared between
// here and the worker instead, and this thread stays free while Python computes. That is how an interrupt and an answer
// to input() reach a worker that reads no messages. Its text is inline in the frame: no closing script tag may occur in
// it, and the page's policy knows it by its hash (see frame-policy.ts).

addEventListener('message', function begin(event) {
  if (event.source !== parent || event.ports.length !== 1) return
  removeEventListener('message', begin)

  const SIGINT = 2
  const SIGALRM = 14
  const FLUSH_MS = 50
  const ANSWERED = 1
  const WANTED = 1
  const OVERDUE = 2
  const INPUT_BYTES = 1 << 18
  // What the page has not taken yet. Python can reach postMessage and so pass by its own waiting (see worker.js).
  const MAX_UNHEARD_LENGTH = 64 << 20
  const MAX_UNHEARD_MESSAGES = 1 << 14

  const [page] = event.ports
  const { program, files } = event.data
  const shared = self.crossOriginIsolated
    ? {
        interrupt: new Uint8Array(new SharedArrayBuffer(1)),
        wanted: new Int32Array(new SharedArrayBuffer(4)),
        input: new SharedArrayBuffer(8 + INPUT_BYTES),
        ahead: new Int32Array(new SharedArrayBuffer(4)),
      }
    : null

  let running = null
  let clock
  let unheardLength = 0
  let unheardMessages = 0

  const interrupt = () => Atomics.store(shared.interrupt, 0, SIGINT)

  // Python writes what it was told to print when this signal comes: also in the middle of a loop.
  // An interrupt that was not heard since the tick before is lost.
  const tick = () => {
    if (Atomics.compareExchange(shared.wanted, 0, WANTED, OVERDUE) === OVERDUE) interrupt()
    else Atomics.compareExchange(shared.interrupt, 0, 0, SIGALRM)
  }

  const run = id => {
    running = id
    clearInterval(clock)
    if (shared && id !== null) {
      Atomics.store(shared.wanted, 0, 0)
      Atomics.store(shared.interrupt, 0, 0)
      clock = setInterval(tick, FLUSH_MS)
    }
  }

  const answer = value => {
    // Shared memory cannot be encoded into. What is longer than it is cut between two characters.
    const bytes = new Uint8Array(INPUT_BYTES)
    const { written } = new TextEncoder().encodeInto(value, bytes)
    new Uint8Array(shared.input, 8).set(bytes.subarray(0, written))
    const state = new Int32Array(shared.input, 0, 2)
    state[1] = written
    Atomics.store(state, 0, ANSWERED)
    Atomics.notify(state, 0)
  }

  const worker = new Worker(URL.createObjectURL(new Blob(program, { type: 'text/javascript' })))
  worker.onerror = error => page.postMessage({ type: 'failed', reason: String(error.message) })
  worker.onmessage = ({ data }) => {
    if (data?.type === 'reply' && data.id === running) run(null)
    unheardLength += data?.type === 'message' && typeof data.json === 'string' ? data.json.length : 0
    unheardMessages += 1
    if (unheardLength > MAX_UNHEARD_LENGTH || unheardMessages > MAX_UNHEARD_MESSAGES) {
      run(null)
      worker.terminate()
      page.postMessage({ type: 'died', reason: 'it sent more than this page can take' })
    } else {
      page.postMessage(data)
    }
  }
  page.onmessage = ({ data }) => {
    if (data.type === 'input' && shared) return answer(data.value)
    if (data.type === 'heard') {
      unheardLength -= data.length
      unheardMessages -= 1
      if (shared) {
        Atomics.sub(shared.ahead, 0, data.length)
        Atomics.notify(shared.ahead, 0)
      }
      return
    }
    if (data.type === 'interrupt') {
      if (data.id !== running) return
      if (shared) {
        Atomics.store(shared.wanted, 0, WANTED)
        interrupt()
      }
    }
    if (data.type === 'execute') run(data.id)
    worker.postMessage(data)
  }
  worker.postMessage({ type: 'start', files, shared }, Object.values(files))
})

parent.postMessage('supermesh-kernel-frame', '*')
