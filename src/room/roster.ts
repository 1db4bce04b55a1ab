/**
 * The pages that a room is linked to: greeted before anything else is heard of them, known as persons once their keys have
 * vouched, and shown with what they say of themselves.
 */
import { type Bytes, fromHex } from '../base/bytes.ts'
import {
  newPresence,
  type PresenceEvent,
  type PresenceFields,
  type PresenceState,
  stepPresence,
} from '../presence/presence.ts'
import { decodeMessage, type Message } from '../protocol/message.ts'
import { type Greeting, greet, hello } from './greeting.ts'
import { type KnownPeer, type People, peopleOf } from './people.ts'
import type { Refusal, TraceEvent } from './room.ts'

export interface Roster {
  /** Pages that have greeted. */
  readonly greeted: ReadonlySet<string>
  /** The person whose keys have vouched for a page; `null` for none. */
  personOf(peer: string): string | null
  /** Says the first word on a new link. */
  greet(peer: string): void
  /** Judges the first message of a link; whoever is turned away is not in the roster. */
  greeting(from: string, message: Bytes): Greeting
  /** Tells a page that has just greeted what the own page says. */
  tell(peer: string): void
  left(peer: string): void
  /** Says something of the own page; false when it is more than the others would take. */
  say(fields: PresenceFields): boolean
  /** Takes what a page says of itself; false when it was refused. */
  hear(from: string, update: Bytes): boolean
}

export interface RosterOptions {
  readonly room: Bytes
  /** The own page and its person. */
  readonly self: KnownPeer
  readonly introduction: Bytes
  readonly storeOf: (author: Bytes) => number
  /** Asks for the person whose keys vouch for the session of `peer`; `null` when nobody's do. */
  readonly vouch: (peer: string, introduction: Bytes, done: (person: string | null) => void) => void
  readonly send: (peer: string, message: Message, urgent?: boolean) => void
  readonly show: (people: People) => void
  readonly trace: (event: TraceEvent) => void
  readonly refused: (refusal: Refusal) => void
}

export function createRoster({
  room,
  self,
  introduction,
  storeOf,
  vouch,
  send,
  show,
  trace,
  refused,
}: RosterOptions): Roster {
  const clientOf = (peer: string) => storeOf(fromHex(peer))
  const greeted = new Set<string>()
  /** Presence client → page and person. */
  const known = new Map<number, KnownPeer>()
  let presence: PresenceState = newPresence(clientOf(self.peer))

  const showPeople = () => show(peopleOf(presence, self, client => known.get(client) ?? null))

  /** False when it was refused. */
  function present(event: PresenceEvent): boolean {
    const [next, effects] = stepPresence(presence, event)
    presence = next
    for (const effect of effects) {
      if (effect.type === 'changed') {
        showPeople()
      } else if (effect.type === 'refused') {
        trace({ ...effect, type: 'presence-refused' })
      } else {
        const receivers = effect.to === 'everybody' ? [...greeted] : [known.get(effect.to)?.peer ?? '']
        for (const peer of receivers) send(peer, { type: 'presence', update: effect.update }, true)
      }
    }
    return effects.every(({ type }) => type !== 'refused')
  }

  /** Until its introduction is checked, and without one, a page stands for itself alone. */
  function vouched(peer: string, person: string | null): void {
    if (person === null) return refused({ code: 'introduction-forged', from: peer })
    if (!greeted.has(peer)) return
    known.set(clientOf(peer), { peer, person })
    showPeople()
  }

  return {
    greeted,
    personOf(peer) {
      const person = known.get(clientOf(peer))?.person
      return person === undefined || person === peer ? null : person
    },
    greet: peer => send(peer, hello(room, introduction)),
    greeting(from, message) {
      const answer = greet(room, decodeMessage(message, fromHex(from)), message)
      if (answer.type === 'turned-away') {
        trace({ ...answer, from, type: 'turned-away' })
        return answer
      }
      greeted.add(from)
      known.set(clientOf(from), { peer: from, person: from })
      vouch(from, answer.introduction, person => vouched(from, person))
      return answer
    },
    tell: peer => void present({ type: 'peer-joined', client: clientOf(peer) }),
    left(peer) {
      greeted.delete(peer)
      present({ type: 'peer-left', client: clientOf(peer) })
      known.delete(clientOf(peer))
    },
    say: fields => present({ type: 'own-fields-set', fields }),
    hear: (from, update) => present({ type: 'update-arrived', from: clientOf(from), update }),
  }
}
