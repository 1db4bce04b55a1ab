/**
 * What is said on a room's links: first words are answered, everything after them goes to whom it concerns.
 */
import { type Bytes, fromHex } from '../base/bytes.ts'
import { createEmitter, type Subscribable } from '../base/subscribe.ts'
import { isPeerId, type MeshEvent, type Transport } from '../mesh/mesh.ts'
import { ROOM_SCOPE } from '../protocol/frame.ts'
import { decodeMessage, encodeMessage, type Message } from '../protocol/message.ts'
import type { SyncEvent } from '../sync/events.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import { createRoster, type Roster, type RosterOptions } from './roster.ts'

export interface DirectMessage {
  readonly from: string
  readonly person: string | null
  readonly channel: string
  readonly body: Bytes
}

export interface Conversation extends Pick<Roster, 'say'> {
  readonly direct: Subscribable<DirectMessage>
  /** Whether it is on its way. */
  send(peer: string, message: Message): boolean
  /** @param to - a person or a page; everybody without it. Returns to how many pages it is on its way. */
  tell(channel: string, body: Bytes, to?: string): number
  heard(event: MeshEvent): void
}

export interface ConversationOptions extends Omit<RosterOptions, 'send'> {
  /** This page. */
  readonly author: Bytes
  readonly transport: Transport
  /** What concerns the document. */
  readonly sync: (event: SyncEvent) => void
  readonly left: (peer: string) => void
  readonly report: (problem: Problem) => void
}

export function createConversation(options: ConversationOptions): Conversation {
  const { author, transport, sync, left, report, refused, trace } = options
  const direct = createEmitter<DirectMessage>()
  const roster = createRoster({ ...options, send })

  function send(peer: string, message: Message, urgent = false): boolean {
    const outcome = transport.send(peer, encodeMessage(message, author), { urgent })
    if (outcome === 'queued') return true
    trace({ type: 'send-failed', to: peer, reason: outcome.failed })
    return false
  }

  /** The first message of a link: nothing else is read before it. */
  function greeting(from: string, bytes: Bytes): void {
    const answer = roster.greeting(from, bytes)
    if (answer.type === 'welcome') {
      if (answer.scopes.includes(ROOM_SCOPE)) sync({ type: 'peer-joined', peer: from })
      roster.tell(from)
      return
    }
    if (answer.why === 'newer') report(PROBLEMS.tooOld)
    else if (answer.why === 'older') report(PROBLEMS.otherProtocol)
    refused({ code: answer.code ?? answer.why, from })
    transport.expel(from)
  }

  function received(from: string, bytes: Bytes): void {
    const decoded = decodeMessage(bytes, fromHex(from))
    if (!decoded.ok) {
      trace({ type: 'message-refused', code: decoded.code, from })
      return refused({ code: decoded.code, from })
    }
    const message = decoded.value
    if (message.type === 'presence') {
      if (!roster.hear(from, message.update)) refused({ code: 'presence-refused', from })
    } else if (message.type === 'direct') {
      direct.emit({ from, person: roster.personOf(from), channel: message.channel, body: message.body })
    } else {
      sync({ type: 'message-arrived', from, message })
    }
  }

  return {
    direct,
    send,
    say: roster.say,
    tell(channel, body, to) {
      const isMeant = (peer: string) => to === undefined || peer === to || roster.personOf(peer) === to
      return [...roster.greeted].filter(isMeant).filter(peer => send(peer, { type: 'direct', channel, body })).length
    },
    heard(event) {
      const peer = event.type === 'message-arrived' ? event.from : event.type === 'send-failed' ? event.to : event.peer
      if (!isPeerId(peer)) return refused({ code: 'peer-id-invalid', from: null })
      switch (event.type) {
        case 'peer-opened':
          roster.greet(event.peer)
          break
        case 'peer-closed':
          left(event.peer)
          roster.left(event.peer)
          break
        case 'message-arrived':
          if (roster.greeted.has(event.from)) received(event.from, event.message)
          else greeting(event.from, event.message)
          return
      }
      trace({ ...event, type: `mesh-${event.type}` })
    },
  }
}
