import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../base/bytes.ts'
import { decodeNote, encodeNote, NOTE_MAX, type Note, SIGNALS_MAX } from './note.ts'
import { SDP_MAX, signalIn } from './signal.ts'

const from = 'a'.repeat(32)
const to = 'b'.repeat(32)
const sdp =
  'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=fingerprint:sha-256 AA\r\n'
const candidate = {
  type: 'candidate',
  candidate: 'candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0',
  sdpMid: '0',
  sdpMLineIndex: 0,
} as const
const attempt = { instance: 5, number: 1 }
const signalNote: Note = {
  type: 'signal',
  from,
  instance: 5,
  to,
  attempt,
  sequence: 0,
  signal: { type: 'offer', sdp },
}

describe('a note', () => {
  it('comes back as it was written', () => {
    const notes: Note[] = [
      { type: 'announce', from, instance: 5, to: null },
      { type: 'announce', from, instance: 5, to },
      { type: 'bye', from, instance: 5 },
      signalNote,
      { ...signalNote, sequence: SIGNALS_MAX - 1, signal: candidate },
    ]
    for (const note of notes) expect(decodeNote(encodeNote(note))).toEqual(note)
  })

  it('keeps none of the fields that we do not know', () => {
    const text = JSON.stringify({ ...signalNote, extra: 1, signal: { type: 'offer', sdp, renegotiate: true } })
    expect(decodeNote(toUtf8(text))).toEqual(signalNote)
  })

  it('that is not one of ours is refused, never thrown at', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(from, to, sdp, 'announce', 'signal', 'bye', 'offer', 5))
    const keys = ['type', 'from', 'instance', 'to', 'attempt', 'sequence', 'signal']
    fc.assert(
      fc.property(fc.constantFrom(...keys), field, (key, value) => {
        const mutated = { ...JSON.parse(JSON.stringify(signalNote)), [key]: value }
        const note = decodeNote(toUtf8(JSON.stringify(mutated)))
        if (note !== null) expect(decodeNote(encodeNote(note))).toEqual(note)
      }),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => decodeNote(bytes) === null))
    expect(decodeNote(toUtf8('['.repeat(NOTE_MAX)))).toBeNull()
    expect(decodeNote(new Uint8Array(NOTE_MAX + 1))).toBeNull()
  })
})

describe('a signal', () => {
  it.each([
    ['nothing', null],
    ['a request to renegotiate', { type: 'renegotiate', renegotiate: true }],
    ['a request for media', { type: 'transceiverRequest', transceiverRequest: { kind: 'video' } }],
    ['a rollback', { type: 'rollback', sdp }],
    ['a description that is none', { type: 'offer', sdp: 'hello' }],
    ['a description without a data channel', { type: 'offer', sdp: sdp.replace('m=application', 'm=text') }],
    ['a description with media', { type: 'offer', sdp: `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n` }],
    ['a description without a fingerprint', { type: 'answer', sdp: sdp.replace('a=fingerprint', 'a=finger') }],
    ['a description too long', { type: 'answer', sdp: sdp + 'a=x\r\n'.repeat(SDP_MAX / 5) }],
    ['a candidate that is none', { ...candidate, candidate: 'candidate:junk' }],
    ['a candidate with a line break', { ...candidate, candidate: `${candidate.candidate}\r\na=x` }],
    ['a candidate too long', { ...candidate, candidate: `${candidate.candidate}${' x'.repeat(600)}` }],
    ['a candidate for nothing', { ...candidate, sdpMid: null, sdpMLineIndex: null }],
    ['a candidate for a line that cannot be', { ...candidate, sdpMLineIndex: -1 }],
  ])('%s never reaches the browser', (_, value) => {
    expect(signalIn(value)).toBeNull()
  })

  it('may be the empty candidate that ends a list, and one with a name in place of an address', () => {
    for (const line of ['', 'candidate:1 1 UDP 2122252543 0f6e-11.local 50000 typ host']) {
      expect(signalIn({ ...candidate, candidate: line })).toEqual({ ...candidate, candidate: line })
    }
  })
})
