import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hear, type KernelMessage, NEW_EXECUTION, resultOf } from './execution.ts'

const reply: KernelMessage = { channel: 'shell', type: 'execute_reply', content: { status: 'ok', execution_count: 3 } }
const busy: KernelMessage = { channel: 'iopub', type: 'status', content: { execution_state: 'busy' } }
const idle: KernelMessage = { channel: 'iopub', type: 'status', content: { execution_state: 'idle' } }
const print: KernelMessage = { channel: 'iopub', type: 'stream', content: { name: 'stdout', text: 'hello\n' } }

function play(messages: readonly KernelMessage[]) {
  let execution = NEW_EXECUTION
  const results = messages.map(message => {
    execution = hear(execution, message)[0]
    return resultOf(execution)
  })
  return { execution, results }
}

test('finishes when the later of reply and idle is seen, whatever the order, and not before', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([busy, print, reply, idle, print], { minLength: 5 }), messages => {
      const last = Math.max(messages.indexOf(reply), messages.indexOf(idle))
      const { results } = play(messages)
      expect(results.map(result => result !== null)).toEqual(messages.map((_, index) => index >= last))
      expect(results.at(-1)).toEqual({ status: 'ok', executionCount: 3 })
    }),
  )
})

test('an aborted request has not begun', () => {
  const { execution } = play([{ channel: 'shell', type: 'execute_reply', content: { status: 'aborted' } }])
  expect(execution).toEqual({ begun: false, idle: false, reply: { status: 'aborted', executionCount: null } })
})

test('outputs become events with their display id and count', () => {
  const read = (type: string, content: unknown) => hear(NEW_EXECUTION, { channel: 'iopub', type, content })[1]
  const data = { 'text/plain': '2' }
  expect(read('execute_result', { execution_count: 1, data, metadata: {} })).toEqual({
    type: 'execute_result',
    executionCount: 1,
    data,
    metadata: {},
  })
  expect(read('display_data', { data, metadata: {}, transient: { display_id: 'd' } })).toEqual({
    type: 'display_data',
    displayId: 'd',
    data,
    metadata: {},
  })
  expect(read('update_display_data', { data, metadata: {}, transient: { display_id: 'd' } })).toMatchObject({
    displayId: 'd',
  })
  expect(read('update_display_data', { data, metadata: {} })).toBeNull()
  expect(read('error', { ename: 'E', evalue: 'v', traceback: ['a', 1] })).toEqual({
    type: 'error',
    ename: 'E',
    evalue: 'v',
    traceback: ['a', ''],
  })
  expect(read('clear_output', { wait: true })).toEqual({ type: 'clear_output', wait: true })
  expect(read('comm_open', {})).toBeNull()
})

test('no content, however odd, throws', () => {
  const types = ['status', 'stream', 'display_data', 'update_display_data', 'error', 'clear_output', 'execute_reply']
  fc.assert(
    fc.property(
      fc.constantFrom('iopub', 'shell', 'stdin'),
      fc.constantFrom(...types),
      fc.anything(),
      (channel, type, content) => {
        expect(hear(NEW_EXECUTION, { channel, type, content })).toHaveLength(2)
      },
    ),
  )
})
