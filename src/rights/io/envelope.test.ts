import { expect, test } from 'vitest'
import { equalBytes, toUtf8 } from '../../base/bytes.ts'
import { openEnvelope, sealEnvelope, secureContext } from './envelope.ts'

const key = new Uint8Array(32).fill(1)
const topic = toUtf8('topic')
const plaintext = toUtf8('{"sdp":"v=0"}')

test('X14 an envelope opens for who knows key and topic, and never looks the same twice', async () => {
  const first = await sealEnvelope(key, plaintext, topic)
  const second = await sealEnvelope(key, plaintext, topic)
  expect(first.length).toBe(plaintext.length + 28)
  expect(equalBytes(first, second)).toBe(false)
  expect(await openEnvelope(key, first, topic)).toEqual(plaintext)
  expect(await openEnvelope(key, await sealEnvelope(key, new Uint8Array(), topic), topic)).toEqual(new Uint8Array())
})

test('X14 any changed bit, another key, another topic or a cut gives nothing', async () => {
  const envelope = await sealEnvelope(key, plaintext, topic)
  for (let bit = 0; bit < envelope.length * 8; bit++) {
    const changed = envelope.slice()
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(await openEnvelope(key, changed, topic)).toBeNull()
  }
  for (let length = 0; length < envelope.length; length++) {
    expect(await openEnvelope(key, envelope.slice(0, length), topic)).toBeNull()
  }
  expect(await openEnvelope(new Uint8Array(32), envelope, topic)).toBeNull()
  expect(await openEnvelope(key, envelope, toUtf8('topid'))).toBeNull()
})

test('X14 a page without cryptography is told so in a sentence', () => {
  expect(secureContext()).toEqual({ ok: true })
  const platform = Object.getOwnPropertyDescriptor(globalThis, 'crypto')
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true })
  try {
    expect(secureContext()).toMatchObject({ ok: false, sentence: expect.stringContaining('https://') })
  } finally {
    if (platform) Object.defineProperty(globalThis, 'crypto', platform)
  }
})
