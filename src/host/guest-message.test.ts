import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_OUTPUT_LENGTH, readGuestMessage } from './guest-message.ts'

test('the worker’s own messages are read', () => {
  const json = JSON.stringify({ msg_type: 'stream', content: { name: 'stdout', text: 'hi' } })
  expect(readGuestMessage({ type: 'message', json })).toEqual({
    type: 'output',
    messageType: 'stream',
    content: { name: 'stdout', text: 'hi' },
  })
  expect(readGuestMessage({ type: 'reply', id: 3, json: '{"status":"ok"}' })).toEqual({
    type: 'reply',
    id: 3,
    content: { status: 'ok' },
  })
  expect(readGuestMessage({ type: 'input', prompt: 'name? ', password: 1 })).toMatchObject({ password: false })
})

test('messages that only a forger sends are refused as values', () => {
  const forged = (msg_type: string) => ({ type: 'message', json: JSON.stringify({ msg_type, content: {} }) })
  expect(readGuestMessage(forged('status'))).toEqual({ refused: 'malformed' })
  expect(readGuestMessage(forged('execute_reply'))).toEqual({ refused: 'malformed' })
  expect(readGuestMessage({ type: 'reply', id: 1, json: '[]' })).toEqual({ refused: 'malformed' })
  const huge = ' '.repeat(MAX_OUTPUT_LENGTH + 1)
  expect(readGuestMessage({ type: 'message', json: huge })).toEqual({ refused: 'too-long' })
})

test('nothing throws, and what is no message is refused', () => {
  fc.assert(
    fc.property(fc.anything(), value => {
      expect(readGuestMessage(value)).toEqual({ refused: 'malformed' })
    }),
  )
  const types = fc.constantFrom('ready', 'failed', 'died', 'input', 'reply', 'message')
  fc.assert(
    fc.property(fc.record({ type: types, id: fc.anything(), json: fc.oneof(fc.json(), fc.anything()) }), value => {
      const read = readGuestMessage(value)
      expect('refused' in read || read.type.length > 0).toBe(true)
    }),
  )
})
