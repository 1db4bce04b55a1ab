/**
 * What the address bar says, and what it should say. Pure.
 *
 *     ?app=todo&signaling=wss://…#<link>
 *
 * The part behind `#` is the room's link and reaches no server.
 */
import { formatLink, LIMITS, type Link, newLink, parseLink, weakenLink } from 'supermesh'

export type Kind = 'notebook' | 'todo'

export interface RoomPlace {
  readonly type: 'room'
  readonly kind: Kind
  readonly link: Link
  readonly signaling: readonly string[]
  /** A copy of the room, to begin with what is in it. */
  readonly copy?: File
}

export type Place = RoomPlace | { readonly type: 'lobby'; readonly problem: string }

export function readPlace(address: URL): Place {
  const signaling = signalingIn(address)
  const kind: Kind = address.searchParams.get('app') === 'todo' ? 'todo' : 'notebook'
  if (address.hash === '' || address.hash === '#') return { type: 'lobby', problem: signalingProblem(address) }
  if (address.hash === '#new') return newPlace(kind, signaling)
  const parsed = parseLink(address.hash)
  return parsed.ok ? { type: 'room', kind, link: parsed.link, signaling } : { type: 'lobby', problem: parsed.sentence }
}

/** A room that does not exist yet. Its link names the servers, so that it also works elsewhere. */
export function newPlace(kind: Kind, signaling: readonly string[]): RoomPlace {
  return { type: 'room', kind, link: newLink({ signaling: signaling.slice(0, LIMITS.linkServers) }), signaling }
}

/** What somebody pasted: a whole address, or only a link. */
export function readPasted(text: string, here: URL): Place {
  const parsed = parseLink(text)
  if (!parsed.ok) return { type: 'lobby', problem: parsed.sentence }
  const pasted = URL.parse(text.trim())
  const place = readPlace(pasted ?? new URL(`#${formatLink(parsed.link)}`, here))
  return place.type === 'room' ? { ...place, link: parsed.link } : place
}

/** The address of a room, by a fragment that `formatLink` or `invite` wrote. */
export function addressOf(place: Pick<RoomPlace, 'kind' | 'signaling'>, fragment: string, here: URL): string {
  const address = new URL(here.pathname, here)
  if (place.kind === 'todo') address.searchParams.set('app', 'todo')
  for (const server of place.signaling) address.searchParams.append('signaling', server)
  // Readable, as people see it in their address bar.
  const query = address.search.replaceAll('%3A', ':').replaceAll('%2F', '/')
  return `${address.origin}${address.pathname}${query}#${fragment}`
}

/** The lobby, with the same servers. */
export function lobbyAddress(here: URL): string {
  return addressOf({ kind: 'notebook', signaling: signalingIn(here) }, '', here).slice(0, -1)
}

/** What the address bar shows: the right to edit and nothing above it, so that copying it is enough to work together. */
export function openFragment(link: Link): string {
  return formatLink(link.right === 'view' ? link : weakenLink(link, 'edit'))
}

/** The servers that an address names. */
export function signalingIn(address: URL): readonly string[] {
  return address.searchParams.getAll('signaling').filter(isSignalingAddress)
}

/** What is wrong with the servers that an address names; empty when nothing is. */
export function signalingProblem(address: URL): string {
  const wrong = address.searchParams.getAll('signaling').find(text => !isSignalingAddress(text))
  return wrong === undefined
    ? ''
    : `"${wrong.slice(0, 200)}" in the address names no signaling server: one begins with wss:// or ws://. It is not used.`
}

export function isSignalingAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && ['ws:', 'wss:'].includes(url.protocol) && !url.username && !url.hash && text.length <= 200
}

/** The room's id in hexadecimal, as `openDevice` lists it. */
export function roomName({ room }: Pick<Link, 'room'>): string {
  return Array.from(room, byte => byte.toString(16).padStart(2, '0')).join('')
}
