/**
 * What this browser remembers of its person: name, looks, servers. Nothing of a room's content, and no link.
 */
import { isSignalingAddress, type Kind } from './address.ts'

export type Theme = 'auto' | 'light' | 'dark'

export interface Preferences {
  readonly name: string
  readonly theme: Theme
  /** Besides the one at the page's own origin. */
  readonly signaling: readonly string[]
  /** As typed: one STUN or TURN server a line, `turn:host user password`. */
  readonly iceServers: string
}

const KEY = 'supermesh.preferences'
const KINDS_KEY = 'supermesh.kinds'
const DEFAULTS: Preferences = { name: '', theme: 'auto', signaling: [], iceServers: '' }

export function readPreferences(): Preferences {
  const { name, theme, signaling, iceServers } = readJson(KEY)
  return {
    name: typeof name === 'string' ? name.slice(0, 64) : DEFAULTS.name,
    theme: theme === 'light' || theme === 'dark' ? theme : DEFAULTS.theme,
    signaling: Array.isArray(signaling) ? signaling.map(String).filter(isSignalingAddress) : DEFAULTS.signaling,
    iceServers: typeof iceServers === 'string' ? iceServers : DEFAULTS.iceServers,
  }
}

export function setPreferences(change: Partial<Preferences>): void {
  writeJson(KEY, { ...readPreferences(), ...change })
}

/** Which of the demo's pages a room was opened with, for the list of recent rooms. */
export function kindOfRoom(room: string): Kind {
  return readJson(KINDS_KEY)[room] === 'todo' ? 'todo' : 'notebook'
}

export function rememberKind(room: string, kind: Kind): void {
  const { [room]: _, ...others } = readJson(KINDS_KEY)
  writeJson(KINDS_KEY, kind === 'todo' ? { ...others, [room]: kind } : others)
}

export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** Where rooms of this page are met: what the address names, else the own origin and what the person added. */
export function signalingServers(named: readonly string[]): readonly string[] {
  if (named.length > 0) return named
  const { protocol, host } = location
  const own =
    protocol === 'http:' || protocol === 'https:' ? [`${protocol.replace('http', 'ws')}//${host}/signaling`] : []
  return [...new Set([...own, ...readPreferences().signaling])]
}

/** Whether nobody named a server, so that the page only tries its own origin. */
export function hasOwnSignalingOnly(named: readonly string[]): boolean {
  return named.length === 0 && readPreferences().signaling.length === 0
}

/** The servers for direct connections, as `RTCPeerConnection` takes them. */
export function iceServers(text = readPreferences().iceServers): readonly RTCIceServer[] {
  return text.split('\n').flatMap(line => {
    const [urls = '', username, credential] = line.trim().split(/\s+/)
    if (!/^(stun|turns?):\S+$/.test(urls)) return []
    return [{ urls, ...(username && { username }), ...(credential && { credential }) }]
  })
}

function readJson(key: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function writeJson(key: string, value: object): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Blocked or full: the choice lasts as long as the page.
  }
}
