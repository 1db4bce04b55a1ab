/**
 * The mesh in a browser: facts from sockets, links and clocks go to the rules, and the rules' orders to those hands.
 *
 * No decision is made here. Must not know what messages mean, or how notes are sealed: `seal` and `open` are given.
 */
import type { Bytes } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import { createCell, createEmitter } from '../../base/subscribe.ts'
import type { Arrival } from '../../protocol/chunk.ts'
import { stepMeeting } from '../meeting.ts'
import {
  connectingCount,
  type MeetingEffect,
  type MeetingEvent,
  newMeeting,
  openPeers,
  unreachableCount,
} from '../meeting-state.ts'
import { isPeerId, type Mesh, type MeshEvent, type MeshStatus, type MeshTrace, type PeerId } from '../mesh.ts'
import { type Attempt, compareAttempts } from '../note.ts'
import { problemOf } from '../problem.ts'
import { newPulse, type PulseEvent, stepPulse, TICK_MS } from '../pulse.ts'
import { createNoteBus } from './note-bus.ts'
import { watchPage } from './page.ts'
import { openPeerLink, type PeerLink } from './peer-link.ts'

export interface MeshOptions {
  /** 32 lower-case hexadecimal digits. */
  readonly self: PeerId
  /** The room's name on the signaling servers; opaque. */
  readonly topic: string
  /** Absolute `ws:` or `wss:` addresses. */
  readonly signaling: readonly string[]
  /** Makes a note unreadable and unforgeable for those outside of the room. */
  seal(plain: Bytes): Promise<Bytes>
  /** What was sealed; `null` for what was not sealed in this room. */
  open(sealed: Bytes): Promise<Bytes | null>
  /** STUN and TURN servers; none by default, so that no third party learns of the room unless somebody chose it. */
  readonly iceServers?: readonly RTCIceServer[]
  trace?(entry: MeshTrace): void
}

/** A closed mesh: {@link Mesh.open} begins. Leaves with the page and comes back with it. */
export function openMesh(options: MeshOptions): Mesh {
  const { self, iceServers = [], trace = () => {} } = options
  if (!isPeerId(self)) throw new SupermeshError('peer-id-malformed', 'self must be 32 lower-case hexadecimal digits')
  const now = () => performance.now()
  const webrtc = typeof RTCPeerConnection !== 'undefined'
  const turn = iceServers.some(({ urls }) => [urls].flat().some(url => /^turns?:/.test(url)))

  let meeting = newMeeting(self)
  let pulse = newPulse(now())
  let lastInstance = 0
  const links = new Map<PeerId, { readonly attempt: Attempt; readonly link: PeerLink }>()
  const heard = new Set<PeerId>()
  const events = createEmitter<MeshEvent>()
  const peers = createCell<readonly PeerId[]>([])
  const status = createCell<MeshStatus>({ signaling: [], connecting: 0, connected: 0, problem: null })
  const scope = createScope()

  const bus = createNoteBus({
    ...options,
    now,
    onReady: () => take({ type: 'signaling-returned', now: now() }),
    onNote: note => take({ type: 'note-arrived', now: now(), note }),
    onRefused: code => trace({ type: 'refused', at: 'note', code, from: null }),
    onStatus(changed) {
      trace({ type: 'signaling', url: changed.url, state: changed.state })
      refresh()
    },
  })

  // Listeners and links may report the next fact while the effects of the last one are being carried out.
  const facts: MeetingEvent[] = []
  let busy = false
  function take(fact: MeetingEvent): void {
    facts.push(fact)
    if (busy) return
    busy = true
    try {
      for (let next = facts.shift(); next !== undefined; next = facts.shift()) {
        const [stepped, effects] = stepMeeting(meeting, next)
        meeting = stepped
        refresh()
        for (const effect of effects) carryOut(effect)
      }
    } finally {
      busy = false
    }
  }

  function refresh(): void {
    const open = openPeers(meeting)
    if (open.join() !== peers.getSnapshot().join()) peers.set(Object.freeze(open))
    const signaling = bus.statuses()
    const unreachable = unreachableCount(meeting)
    const problem = problemOf({ webrtc, signaling, connected: open.length, unreachable, turn })
    const fresh: MeshStatus = { signaling, connecting: connectingCount(meeting), connected: open.length, problem }
    if (JSON.stringify(fresh) !== JSON.stringify(status.getSnapshot())) status.set(Object.freeze(fresh))
  }

  function carryOut(effect: MeetingEffect): void {
    switch (effect.type) {
      case 'publish':
        bus.publish(effect.note)
        break
      case 'start-link':
        startLink(effect.peer, effect.attempt, effect.initiator)
        break
      case 'pass-signal':
        linkOf(effect.peer, effect.attempt)?.signal(effect.signal)
        break
      case 'restart-ice':
        linkOf(effect.peer, effect.attempt)?.restartIce()
        break
      case 'end-link':
        linkOf(effect.peer, effect.attempt)?.end()
        dropLink(effect.peer, effect.attempt, 'ended here')
        break
      case 'tell':
        events.emit(effect.event)
        break
      case 'refuse':
        trace({ type: 'refused', at: 'note', code: effect.code, from: effect.from })
    }
  }

  function linkOf(peer: PeerId, attempt: Attempt): PeerLink | undefined {
    const held = links.get(peer)
    return held !== undefined && compareAttempts(held.attempt, attempt) === 0 ? held.link : undefined
  }

  function dropLink(peer: PeerId, attempt: Attempt, detail: string): void {
    if (linkOf(peer, attempt) === undefined) return
    links.delete(peer)
    heard.delete(peer)
    beat({ type: 'link-closed', peer })
    trace({ type: 'link', peer, what: 'closed', detail })
  }

  function startLink(peer: PeerId, attempt: Attempt, initiator: boolean): void {
    const closed = (reason: 'failed' | 'goodbye' | 'offender', detail: string) => {
      dropLink(peer, attempt, detail)
      take({ type: 'link-closed', now: now(), peer, attempt, reason })
    }
    const link = openPeerLink({
      initiator,
      iceServers,
      onSignal: signal => take({ type: 'link-signaled', now: now(), peer, attempt, signal }),
      onOpened() {
        beat({ type: 'link-opened', now: now(), peer })
        trace({ type: 'link', peer, what: 'opened' })
        take({ type: 'link-opened', now: now(), peer, attempt })
      },
      onDisconnected: () => take({ type: 'link-disconnected', now: now(), peer, attempt }),
      onArrival(arrival: Arrival) {
        heard.add(peer)
        if (arrival.type === 'message') events.emit({ type: 'message-arrived', from: peer, message: arrival.message })
        else if (arrival.type === 'goodbye') {
          link.end()
          closed('goodbye', 'goodbye')
        } else if (arrival.type === 'refused') {
          trace({ type: 'refused', at: 'link', code: arrival.code, from: peer })
          link.end()
          closed('offender', arrival.code)
        }
      },
      onLost: reason => events.emit({ type: 'send-failed', to: peer, reason }),
      onClosed: detail => closed('failed', detail),
    })
    links.set(peer, { attempt, link })
    trace({ type: 'link', peer, what: 'started', detail: initiator ? 'offering' : 'answering' })
  }

  function beat(event: PulseEvent): void {
    const [stepped, effects] = stepPulse(pulse, event)
    pulse = stepped
    for (const effect of effects) {
      if (effect.type === 'beat') links.get(effect.to)?.link.beat()
      else silence(effect.peer)
    }
  }

  function silence(peer: PeerId): void {
    const held = links.get(peer)
    if (held === undefined) return
    held.link.end()
    dropLink(peer, held.attempt, 'missed heartbeats')
    take({ type: 'link-closed', now: now(), peer, attempt: held.attempt, reason: 'missed-heartbeats' })
  }

  function tick(): void {
    const recently = new Set(heard)
    heard.clear()
    beat({ type: 'ticked', now: now(), heard: recently })
    take({ type: 'ticked', now: now() })
    bus.tick()
  }

  let timer: ReturnType<typeof setInterval> | null = null
  function open(): void {
    if (scope.disposed) throw new SupermeshError('mesh-disposed', 'This mesh was disposed of; open another one')
    refresh()
    if (timer !== null || !webrtc) return
    timer = setInterval(tick, TICK_MS)
    pulse = newPulse(now())
    lastInstance = Math.max(Date.now(), lastInstance + 1)
    bus.start(self, lastInstance)
    take({ type: 'opened', now: now(), instance: lastInstance })
  }

  function goodbye(): void {
    if (timer === null) return
    clearInterval(timer)
    timer = null
    for (const { link } of links.values()) link.sayGoodbye()
    take({ type: 'left', now: now() })
    bus.stop()
    refresh()
  }

  scope.add(
    watchPage({ leave: goodbye, comeBack: open, isHere: () => timer !== null, online: () => bus.networkReturned() }),
  )
  scope.add(goodbye)
  bus.setServers(options.signaling)
  refresh()

  return {
    self,
    status,
    peers,
    events,
    send(to, message, sendOptions) {
      const held = links.get(to)
      const failed = held === undefined ? 'not-connected' : held.link.send(message, sendOptions)
      return failed === null ? 'queued' : { failed }
    },
    buffered: to => links.get(to)?.link.buffered ?? 0,
    open,
    goodbye,
    expel: peer => take({ type: 'peer-expelled', now: now(), peer }),
    setSignaling(urls) {
      bus.setServers(urls)
      refresh()
    },
    dispose: scope.dispose,
  }
}
