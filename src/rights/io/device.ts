/**
 * What this device remembers: who the person is in each room, the links that it holds, and the rooms opened lately.
 *
 * The address bar shows a room's open level; stronger links live here. Where IndexedDB is missing, blocked or full, all
 * is kept in memory instead, and `storage` says so: the person is then a new one after a reload.
 */
import type { Bytes } from '../../base/bytes.ts'
import { toHex } from '../../base/bytes.ts'
import { includesRight } from '../../protocol/right.ts'
import { type Link, leadsTo } from '../link.ts'
import { formatLink, parseLink } from '../link-text.ts'
import { createMemoryShelf, openDatabaseShelf, type Shelf } from './shelf.ts'
import { createSigner, type KeptKey, openSigner, type Signer } from './signer.ts'

export interface Person {
  /** 32 bytes, Ed25519; another one in every room, so that rooms cannot be matched by it. */
  readonly publicKey: Bytes
  /** The public key as hexadecimal text. */
  readonly personId: string
  sign(message: Bytes): Promise<Bytes>
}

export interface RecentRoom {
  /** The room's id as hexadecimal text. */
  readonly room: string
  readonly title: string | null
  /** Milliseconds since the Unix epoch. */
  readonly lastOpened: number
}

export interface Device {
  /** Where things are kept; turns to `memory` when the database fails. */
  readonly storage: 'indexeddb' | 'memory'
  /** The person of this device in `room`, created at the first call. */
  person(room: Bytes): Promise<Person>
  /** Keeps the link and notes that its room was opened now. A title that is not given stays as it was. */
  rememberLink(link: Link, title?: string): Promise<void>
  /**
   * The strongest link to `room` that is kept here.
   * @param agreeing - a link in hand: only links that prove to include it count, so a forged one is never preferred
   */
  strongestLink(room: Bytes, agreeing?: Link): Promise<Link | null>
  /** What the person chose to be called in `room`; empty for nothing. */
  nameIn(room: Bytes): Promise<string>
  rememberName(room: Bytes, name: string): Promise<void>
  /** Last opened first. */
  recentRooms(): Promise<readonly RecentRoom[]>
  /** Links to `room`, its title and the own name in it go; the person stays, who may have written there. */
  forgetRoom(room: Bytes): Promise<void>
  dispose(): void
}

export interface OpenDeviceOptions {
  readonly storage: 'indexeddb' | 'memory'
  /** Milliseconds since the Unix epoch. */
  readonly clock?: () => number
  /** `null` keeps to plain JavaScript for new keys. */
  readonly subtle?: SubtleCrypto | null
}

/** More than one per room only where a stranger's forged link is among them, or a room was rebuilt. */
const LINKS_MAX = 8

export async function openDevice({ storage, clock = Date.now, subtle }: OpenDeviceOptions): Promise<Device> {
  const memory = createMemoryShelf()
  let shelf = storage === 'memory' ? memory : await openDatabaseShelf().catch(() => memory)

  async function withShelf<T>(use: (shelf: Shelf) => Promise<T>): Promise<T> {
    try {
      return await use(shelf)
    } catch (error) {
      if (shelf === memory) throw error
      shelf.close()
      shelf = memory
      return use(memory)
    }
  }

  async function keep(room: string, signer: Signer): Promise<KeptKey> {
    // Another tab may have been first: then its key is the person.
    const choose = (present: unknown) => (isKeptKey(present) ? present : signer.kept)
    return (await withShelf(each => each.update('persons', room, choose))) as KeptKey
  }

  return {
    get storage() {
      return shelf === memory ? 'memory' : 'indexeddb'
    },
    async person(room) {
      const name = toHex(room)
      const present = await withShelf(each => each.read('persons', name))
      const kept = isKeptKey(present) ? present : await keep(name, await createStorableSigner(subtle))
      const { publicKey, sign } = openSigner(kept)
      return { publicKey, personId: toHex(publicKey), sign }
    },
    async rememberLink(link, title) {
      const room = toHex(link.room)
      const now = clock()
      await withShelf(each => each.update('links', room, present => withLink(linksIn(present), link)))
      await withShelf(each =>
        each.update('rooms', room, present => {
          const before = isRecentRoom(present) ? present : { title: null }
          return { ...before, room, title: title ?? before.title, lastOpened: now }
        }),
      )
    },
    async strongestLink(room, agreeing) {
      const links = linksIn(await withShelf(each => each.read('links', toHex(room))))
      const candidates = agreeing ? links.filter(link => leadsTo(link, agreeing)) : links
      return candidates.reduce<Link | null>(
        (best, link) => (best && !includesRight(link.right, best.right) ? best : link),
        null,
      )
    },
    async nameIn(room) {
      const entry = await withShelf(each => each.read('rooms', toHex(room)))
      return isRecentRoom(entry) && 'name' in entry && typeof entry.name === 'string' ? entry.name : ''
    },
    async rememberName(room, name) {
      const key = toHex(room)
      await withShelf(each =>
        each.update('rooms', key, present => (isRecentRoom(present) ? { ...present, name } : present)),
      )
    },
    async recentRooms() {
      const rooms = await withShelf(each => each.all('rooms'))
      const known = rooms.filter(isRecentRoom).sort((a, b) => b.lastOpened - a.lastOpened)
      return known.map(({ room, title, lastOpened }) => ({ room, title, lastOpened }))
    },
    async forgetRoom(room) {
      for (const name of ['links', 'rooms'] as const) await withShelf(each => each.remove(name, toHex(room)))
    },
    dispose: () => shelf.close(),
  }
}

/** The person of this device in one room, where nothing else of the device is needed. */
export async function openPerson(
  options: OpenDeviceOptions & { readonly room: Bytes },
): Promise<Person & { readonly storage: 'indexeddb' | 'memory' }> {
  const device = await openDevice(options)
  const person = await device.person(options.room)
  const { storage } = device
  device.dispose()
  return { ...person, storage }
}

/** A signer whose key IndexedDB will take: some browsers sign with Ed25519 but cannot store its keys. */
async function createStorableSigner(subtle: SubtleCrypto | null | undefined): Promise<Signer> {
  const signer = await createSigner(subtle)
  try {
    structuredClone(signer.kept)
    return signer
  } catch {
    return createSigner(null)
  }
}

/** The links with `link` added, and without those that follow from another. The owner's is never pushed out. */
function withLink(links: readonly Link[], link: Link): readonly string[] {
  const isCovered = links.some(each => each.right !== link.right && leadsTo(each, link))
  const kept = isCovered ? [...links] : [...links.filter(each => !leadsTo(link, each)), link]
  if (kept.length > LINKS_MAX) {
    const oldest = kept.findIndex(each => each.right !== 'own')
    kept.splice(oldest, 1)
  }
  return kept.map(formatLink)
}

function linksIn(value: unknown): readonly Link[] {
  if (!Array.isArray(value)) return []
  return value.flatMap(text => {
    const parsed = parseLink(String(text))
    return parsed.ok ? [parsed.link] : []
  })
}

function isKeptKey(value: unknown): value is KeptKey {
  return (
    typeof value === 'object' && value !== null && 'publicKey' in value && ('seed' in value || 'privateKey' in value)
  )
}

function isRecentRoom(value: unknown): value is RecentRoom {
  return typeof value === 'object' && value !== null && 'room' in value && 'title' in value && 'lastOpened' in value
}
