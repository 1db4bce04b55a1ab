import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeSignaling,
  parseSignaling,
  SIGNALING_FRAME_MAX_BYTES,
  SIGNALING_MAX_DEPTH,
  SIGNALING_MAX_TOPICS,
  SIGNALING_TOPIC_MAX_LENGTH,
  type SignalingMessage,
} from './signaling.ts'

const topic = fc.string({ minLength: 1, maxLength: 40 })
const message: fc.Arbitrary<SignalingMessage> = fc.oneof(
  fc.record({ type: fc.constantFrom('subscribe', 'unsubscribe'), topics: fc.array(topic) }),
  fc.record({ type: fc.constant('publish' as const), topic, data: fc.jsonValue({ maxDepth: 4 }) }),
  fc.record({ type: fc.constant('publish' as const), topic, clients: fc.nat() }),
  fc.record({ type: fc.constantFrom('ping', 'pong') }),
  fc.record({ type: fc.constant('refused' as const), code: fc.string() }),
)

/** What y-webrtc 10.3 sends, field by field. */
const neighbourFrames = [
  '{"type":"subscribe","topics":["my-room"]}',
  '{"type":"subscribe","topics":[]}',
  '{"type":"unsubscribe","topics":["my-room"]}',
  '{"type":"publish","topic":"my-room","data":{"type":"announce","from":"5e9c1f6a"}}',
  '{"type":"publish","topic":"my-room","data":{"to":"a","from":"b","type":"signal","token":1763900000000.25,"signal":{"type":"offer","sdp":"v=0\\r\\n"}}}',
  '{"type":"publish","topic":"my-room","data":"AQIDBA=="}',
  '{"type":"ping"}',
]

describe('the signaling wire', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(message, sent => {
        const text = encodeSignaling(sent)
        expect(parseSignaling(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it.each(neighbourFrames)("reads y-webrtc's %s", text => {
    expect(parseSignaling(text)).toEqual({ ok: true, value: JSON.parse(text) })
  })

  it('answers any text with a value', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map(value => JSON.stringify(value)),
        ),
        text => {
          const parsed = parseSignaling(text)
          expect(parsed.ok ? parsed.value.type : parsed.code).toBeTypeOf('string')
        },
      ),
    )
  })

  const long = 'x'.repeat(SIGNALING_TOPIC_MAX_LENGTH + 1)
  const many = JSON.stringify(Array.from({ length: SIGNALING_MAX_TOPICS + 1 }, (_, i) => `t${i}`))
  it.each([
    ['frame-not-json', '{"type":'],
    ['frame-not-json', ''],
    ['frame-not-an-object', 'null'],
    ['frame-not-an-object', '[{"type":"ping"}]'],
    ['frame-not-an-object', '"ping"'],
    ['type-unknown', '{}'],
    ['type-unknown', '{"type":["ping"]}'],
    ['type-unknown', '{"__proto__":{"type":"ping"}}'],
    ['topic-malformed', '{"type":"publish"}'],
    ['topic-malformed', '{"type":"publish","topic":""}'],
    ['topic-malformed', '{"type":"publish","topic":{"toString":1}}'],
    ['topic-malformed', '{"type":"subscribe","topics":["a",1]}'],
    ['topic-too-long', `{"type":"publish","topic":"${long}"}`],
    ['topics-malformed', '{"type":"subscribe"}'],
    ['topics-malformed', '{"type":"unsubscribe","topics":{"length":1,"0":"a"}}'],
    ['too-many-topics', `{"type":"subscribe","topics":${many}}`],
    ['clients-malformed', '{"type":"publish","topic":"a","clients":-1}'],
    ['code-malformed', '{"type":"refused"}'],
    ['frame-too-large', `"${'x'.repeat(SIGNALING_FRAME_MAX_BYTES)}"`],
  ])('refuses with %s', (code, text) => {
    expect(parseSignaling(text)).toEqual({ ok: false, code })
  })

  it('refuses a frame that nests too deep to be printed again, and no other', () => {
    const nested = (depth: number) =>
      `{"type":"publish","topic":"a","data":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
    expect(parseSignaling(nested(SIGNALING_MAX_DEPTH)).ok).toBe(true)
    expect(parseSignaling(nested(SIGNALING_MAX_DEPTH + 1))).toEqual({ ok: false, code: 'frame-too-deep' })
    expect(parseSignaling(nested(100_000))).toEqual({ ok: false, code: 'frame-too-deep' })
    const brackets = JSON.stringify({ type: 'publish', topic: 'a', data: `"\\${'['.repeat(200)}` })
    expect(parseSignaling(brackets).ok).toBe(true)
  })
})
