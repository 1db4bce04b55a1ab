/**
 * The signaling wire: how peers that do not know each other yet exchange first words through a relay.
 *
 * It is y-webrtc's protocol (JSON text over a WebSocket: subscribe, unsubscribe, publish, ping, pong), so that its
 * unmodified clients can use our relay and our peers can use its server. One message is ours: `refused`, the relay's
 * answer to a frame that it did not accept, which y-webrtc's clients ignore. What a publish carries beside its topic is
 * the business of the peers, sealed by them, and opaque here. Knows nothing of sockets.
 */

/** One frame, in bytes of UTF-8: the largest session description, sealed and in base64, fits twice. */
export const SIGNALING_FRAME_MAX_BYTES = 256 * 1024
/** One topic, in UTF-16 units. */
export const SIGNALING_TOPIC_MAX_LENGTH = 256
/** Topics in one message, and topics that one connection may follow. */
export const SIGNALING_MAX_TOPICS = 256
/** Deepest nesting of a frame; the frame itself is level 1. */
export const SIGNALING_MAX_DEPTH = 32

export interface SubscribeMessage {
  readonly type: 'subscribe'
  readonly topics: readonly string[]
}

export interface UnsubscribeMessage {
  readonly type: 'unsubscribe'
  readonly topics: readonly string[]
}

export interface PublishMessage {
  readonly type: 'publish'
  readonly topic: string
  /** How many connections received it, the sender's own included; written by the relay. */
  readonly clients?: number
  /** Whatever the peers say to each other. */
  readonly [field: string]: unknown
}

export interface PingMessage {
  readonly type: 'ping'
}

export interface PongMessage {
  readonly type: 'pong'
}

export interface RefusedMessage {
  readonly type: 'refused'
  readonly code: string
}

export type SignalingMessage =
  | SubscribeMessage
  | UnsubscribeMessage
  | PublishMessage
  | PingMessage
  | PongMessage
  | RefusedMessage

export type SignalingRefusal =
  | 'frame-too-large'
  | 'frame-not-json'
  | 'frame-not-an-object'
  | 'frame-too-deep'
  | 'type-unknown'
  | 'topic-malformed'
  | 'topic-too-long'
  | 'topics-malformed'
  | 'too-many-topics'
  | 'clients-malformed'
  | 'code-malformed'

export type ParsedSignaling =
  | { readonly ok: true; readonly value: SignalingMessage }
  | { readonly ok: false; readonly code: SignalingRefusal }

/** Reads one frame from either side; never throws. A publish keeps all its fields, the others only those of their type. */
export function parseSignaling(text: string): ParsedSignaling {
  // UTF-8 is never shorter than UTF-16 units, so this refuses nothing that the limit in bytes allows.
  if (text.length > SIGNALING_FRAME_MAX_BYTES) return refuse('frame-too-large')
  if (nestsDeeperThan(text, SIGNALING_MAX_DEPTH)) return refuse('frame-too-deep')
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return refuse('frame-not-json')
  }
  if (!isObject(frame)) return refuse('frame-not-an-object')
  switch (frame.type) {
    case 'publish':
      return readPublish(frame)
    case 'subscribe':
    case 'unsubscribe':
      return readTopics(frame.type, frame.topics)
    case 'ping':
    case 'pong':
      return { ok: true, value: { type: frame.type } }
    case 'refused':
      if (typeof frame.code !== 'string') return refuse('code-malformed')
      return { ok: true, value: { type: 'refused', code: frame.code } }
    default:
      return refuse('type-unknown')
  }
}

export function encodeSignaling(message: SignalingMessage): string {
  return JSON.stringify(message)
}

function readPublish(frame: Readonly<Record<string, unknown>>): ParsedSignaling {
  const { topic, clients } = frame
  const fault = topicFault(topic)
  if (fault !== null) return refuse(fault)
  if (clients !== undefined && !(Number.isSafeInteger(clients) && Number(clients) >= 0)) {
    return refuse('clients-malformed')
  }
  return { ok: true, value: frame as unknown as PublishMessage }
}

function readTopics(type: 'subscribe' | 'unsubscribe', topics: unknown): ParsedSignaling {
  if (!Array.isArray(topics)) return refuse('topics-malformed')
  if (topics.length > SIGNALING_MAX_TOPICS) return refuse('too-many-topics')
  for (const topic of topics) {
    const fault = topicFault(topic)
    if (fault !== null) return refuse(fault)
  }
  return { ok: true, value: { type, topics } }
}

function topicFault(topic: unknown): SignalingRefusal | null {
  if (typeof topic !== 'string' || topic === '') return 'topic-malformed'
  return topic.length > SIGNALING_TOPIC_MAX_LENGTH ? 'topic-too-long' : null
}

function refuse(code: SignalingRefusal): ParsedSignaling {
  return { ok: false, code }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Engines parse JSON of any depth but print it by recursion: what could not be printed again is refused here. Counts
 * brackets outside strings; on text that is no JSON the answer means nothing, and the parser has the last word.
 */
function nestsDeeperThan(text: string, limit: number): boolean {
  // Too short to open and close that many levels.
  if (text.length <= 2 * limit) return false
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (inString) {
      if (unit === BACKSLASH) i++
      else if (unit === QUOTE) inString = false
    } else if (unit === QUOTE) inString = true
    else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      if (++depth > limit) return true
    } else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) depth--
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
