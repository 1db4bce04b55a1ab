/**
 * The link: a room, a right in it, and the secret that proves the right. It is the only credential there is.
 *
 * A link is created from randomness that the caller brings, and can be weakened by anyone who holds it, never
 * strengthened. How it is written is `link-text.ts`'s concern.
 */
import type { Bytes } from '../base/bytes.ts'
import { equalBytes } from '../base/bytes.ts'
import { inWords, SupermeshError } from '../base/error.ts'
import { includesRight, RIGHTS, type Right } from '../protocol/right.ts'
import { descend, ROOM_BYTES, roomKeysOf, roomOf, SECRET_BYTES } from './ladder.ts'
import { HINTS_MAX, normalHint } from './signaling-hint.ts'

export interface Link {
  readonly right: Right
  /** 16 bytes, the same for every right in the room. */
  readonly room: Bytes
  /** 16 bytes, those of `right`. */
  readonly secret: Bytes
  /** Signaling servers where others of the room can be met; optional, so that a link works on any host. */
  readonly signaling: readonly string[]
  /** Whether the room is so new that nobody else can know it: the link has been made here, and not been read. */
  readonly fresh?: true
}

export interface LinkSeed {
  /** 16 bytes that nobody can guess. */
  readonly random: Bytes
  readonly signaling?: readonly string[]
}

/**
 * The owner's link of a new room.
 * @throws SupermeshError `bad-length` unless there are 16 random bytes; `bad-signaling` unless the servers are at most
 *   {@link HINTS_MAX} WebSocket addresses
 */
export function linkFrom({ random, signaling = [] }: LinkSeed): Link {
  if (random.length !== SECRET_BYTES) {
    throw new SupermeshError('bad-length', `A new link needs ${SECRET_BYTES} random bytes.`, { length: random.length })
  }
  return { right: 'own', room: roomOf(roomKeysOf(random)), secret: random.slice(), signaling: hintsOf(signaling) }
}

/**
 * The link to the same room that allows `right` and no more.
 * @throws SupermeshError `right-too-strong` when `link` does not include `right`, `option-invalid` when it is none
 */
export function weakenLink(link: Link, right: Right): Link {
  requireLink(link)
  if (!includesRight(link.right, right)) {
    throw new SupermeshError(
      'right-too-strong',
      `A link that allows "${link.right}" cannot become ${inWords(right)}.`,
      {
        held: link.right,
        asked: right,
      },
    )
  }
  const { room, signaling } = link
  return { right, room, signaling, secret: descend(link.secret, link.right, right) }
}

/** Whether `strong` is a link to the same room from which `weak` can be made: a forged one never is. */
export function leadsTo(strong: Link, weak: Link): boolean {
  return (
    equalBytes(strong.room, weak.room) &&
    includesRight(strong.right, weak.right) &&
    equalBytes(descend(strong.secret, strong.right, weak.right), weak.secret)
  )
}

/** `other` when it proves to include what `link` allows, else `link`. */
export function strongerLink(link: Link, other: Link): Link {
  return leadsTo(other, link) && other.right !== link.right ? other : link
}

/** For callers without types. @throws SupermeshError `option-invalid` */
export function requireLink(link: Link): void {
  const { right, room, secret, signaling } = Object(link) as Partial<Link>
  const isBytes = [room, secret].every(part => part instanceof Uint8Array)
  const isMet =
    Array.isArray(signaling) && signaling.every(hint => typeof hint === 'string' && normalHint(hint) === hint)
  if (right !== undefined && RIGHTS.includes(right) && isBytes && isMet) return
  throw new SupermeshError('option-invalid', `A link is what newLink or parseLink makes, not ${inWords(link)}.`)
}

/** Whether the room is named after keys that follow from the secret; only an owner's link tells. */
export function isConsistent(link: Link): boolean {
  if (link.room.length !== ROOM_BYTES || link.secret.length !== SECRET_BYTES) return false
  return link.right !== 'own' || equalBytes(roomOf(roomKeysOf(link.secret)), link.room)
}

function hintsOf(signaling: readonly string[]): readonly string[] {
  const hints = Array.isArray(signaling) ? signaling.map(normalHint) : [null]
  if (hints.length > HINTS_MAX || !hints.every(hint => hint !== null)) {
    throw new SupermeshError('bad-signaling', `A link names at most ${HINTS_MAX} servers, by wss:// addresses.`, {
      signaling: String(signaling),
    })
  }
  return hints
}
