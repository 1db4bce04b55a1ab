/**
 * One link to one peer: simple-peer, its data channel, and what waits to go through it.
 *
 * The only file that knows simple-peer. It carries bytes and reports facts; when a link is opened, given up or opened
 * again is decided elsewhere.
 */
import SimplePeer from 'simple-peer/simplepeer.min.js'
import type { Bytes } from '../../base/bytes.ts'
import { type Arrival, CHUNK_MAX, createAssembler, goodbyeChunk, pingChunk } from '../../protocol/chunk.ts'
import type { SendFailure, SendOptions } from '../mesh.ts'
import { createOutbox } from '../outbox.ts'
import { type Signal, signalIn } from '../signal.ts'

/** The channel asks for more when it holds so much: enough to keep it busy, little enough for urgent messages. */
const LOW_MARK = 256 * 1024
/** It is filled above the low mark, since it reports only a fall from above. */
const HIGH_MARK = LOW_MARK + CHUNK_MAX

export interface PeerLinkOptions {
  readonly initiator: boolean
  readonly iceServers: readonly RTCIceServer[]
  onSignal(signal: Signal): void
  onOpened(): void
  /** The path is lost for the moment. */
  onDisconnected(): void
  /** Only after `onOpened`, in the order of arrival. */
  onArrival(arrival: Arrival): void
  /** Queued messages were lost; said before `onClosed`. */
  onLost(reason: SendFailure): void
  /** The link ended by itself; not said after {@link PeerLink.end}. */
  onClosed(detail: string): void
}

export interface PeerLink {
  readonly isOpen: boolean
  /** Bytes that wait, here and in the channel. */
  readonly buffered: number
  signal(signal: Signal): void
  /** `null` when the message is on its way. */
  send(message: Bytes, options?: SendOptions): SendFailure | null
  beat(): void
  /** Past everything that waits, at once: for a page that closes. */
  sayGoodbye(): void
  /** Looks for a new path under the same link. Only for the initiator. */
  restartIce(): void
  /** Ends, silently; after a goodbye, only when that has had a second to go out. Idempotent. */
  end(): void
}

export function openPeerLink(options: PeerLinkOptions): PeerLink {
  const peer = new SimplePeer({
    initiator: options.initiator,
    trickle: true,
    config: { iceServers: [...options.iceServers] },
  })
  const outbox = createOutbox()
  const assembler = createAssembler()
  let channel: RTCDataChannel | null = null
  let early: Bytes[] = []
  let ended = false
  let saidGoodbye = false
  let detail = 'closed'

  function arrive(chunk: Bytes): void {
    if (!ended) options.onArrival(assembler.accept(chunk))
  }

  /** The channel refuses what it cannot buffer or when it closes; then a part is missing and the link is of no use. */
  function pass(chunk: Bytes): boolean {
    try {
      channel?.send(chunk)
      return true
    } catch (error) {
      detail = `channel refused: ${error instanceof Error ? error.message : String(error)}`
      options.onLost('channel-refused')
      peer.destroy()
      return false
    }
  }

  function flush(): void {
    while (channel !== null && channel.bufferedAmount < HIGH_MARK) {
      const chunk = outbox.next()
      if (chunk === null || !pass(chunk)) return
    }
  }

  peer.on('signal', value => {
    const signal = signalIn(flat(value))
    if (signal !== null && !ended) options.onSignal(signal)
  })
  peer.on('connect', () => {
    channel = peer._channel
    if (channel === null || ended) return
    channel.bufferedAmountLowThreshold = LOW_MARK
    channel.addEventListener('bufferedamountlow', flush)
    options.onOpened()
    for (const chunk of early) arrive(chunk)
    early = []
  })
  peer.on('data', data => {
    // A plain view: the bundle's own Buffer class is none of our callers' business.
    const chunk = new Uint8Array(data.buffer, data.byteOffset, data.length)
    // The other side may be ready a moment before we are.
    if (channel === null) early.push(chunk)
    else arrive(chunk)
  })
  peer.on('iceStateChange', state => {
    if (state === 'disconnected' && !ended) options.onDisconnected()
  })
  peer.on('error', error => {
    detail = error.code ?? error.message
  })
  peer.on('close', () => {
    const wasOpen = channel !== null
    channel = null
    if (ended) return
    ended = true
    if (wasOpen && !outbox.isEmpty) options.onLost('link-closed')
    options.onClosed(detail)
  })

  return {
    get isOpen() {
      return channel !== null && !ended
    },
    get buffered() {
      return outbox.waiting + (channel?.bufferedAmount ?? 0)
    },
    signal(signal) {
      if (peer.destroyed || peer.destroying) return
      if (signal.type !== 'candidate') peer.signal(signal)
      else {
        const { type, ...candidate } = signal
        peer.signal({ type, candidate } as { type: string })
      }
    },
    send(message, sendOptions) {
      if (channel === null || ended) return 'not-connected'
      const failure = outbox.push(message, sendOptions)
      if (failure === null) flush()
      return failure
    },
    beat() {
      if (channel !== null) pass(pingChunk)
    },
    sayGoodbye() {
      if (channel === null || saidGoodbye) return
      saidGoodbye = pass(goodbyeChunk)
    },
    restartIce() {
      if (peer.destroyed || peer.destroying) return
      peer.offerOptions = { iceRestart: true }
      peer.negotiate()
    },
    end() {
      if (ended) return
      ended = true
      if (channel !== null && !outbox.isEmpty) options.onLost('link-closed')
      if (saidGoodbye) peer.end()
      else peer.destroy()
    },
  }
}

/** simple-peer nests a candidate in a candidate; our signals do not. */
function flat(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('candidate' in value)) return value
  return typeof value.candidate === 'object' ? { type: 'candidate', ...value.candidate } : value
}
