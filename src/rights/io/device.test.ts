import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fromHex, toUtf8 } from '../../base/bytes.ts'
import { linkFrom, weakenLink } from '../link.ts'
import { openDevice, openPerson } from './device.ts'
import { createMemoryShelf, openDatabaseShelf } from './shelf.ts'
import { createVerifier } from './verifier.ts'

const own = linkFrom({ random: fromHex('000102030405060708090a0b0c0d0e0f') })
const other = linkFrom({ random: fromHex('ff0102030405060708090a0b0c0d0e0f') })
const storage = 'indexeddb'

beforeEach(async () => {
  const fake = await import('fake-indexeddb')
  for (const [name, value] of Object.entries(fake)) if (name.startsWith('IDB')) vi.stubGlobal(name, value)
  vi.stubGlobal('IDBKeyRange', IDBKeyRange)
  vi.stubGlobal('indexedDB', new IDBFactory())
})
afterEach(() => vi.unstubAllGlobals())

describe.each([
  ['memory', async () => createMemoryShelf()],
  ['indexeddb', () => openDatabaseShelf()],
] as const)('the shelf in %s', (_, open) => {
  test('keeps what was changed, apart by shelf and key', async () => {
    const shelf = await open()
    expect(await shelf.read('links', 'a')).toBeUndefined()
    expect(await shelf.update('links', 'a', present => present ?? 1)).toBe(1)
    expect(await shelf.update('links', 'a', present => Number(present) + 1)).toBe(2)
    await shelf.update('links', 'b', () => 3)
    await shelf.update('rooms', 'a', () => 4)
    expect(await shelf.read('links', 'a')).toBe(2)
    expect(await shelf.all('links')).toEqual([2, 3])
    shelf.close()
  })

  test('loses no change when many are made at once', async () => {
    const shelf = await open()
    const add = () => shelf.update('links', 'count', present => Number(present ?? 0) + 1)
    await Promise.all(Array.from({ length: 20 }, add))
    expect(await shelf.read('links', 'count')).toBe(20)
    shelf.close()
  })
})

describe('the person of a device', () => {
  test.each([
    ['by the platform', crypto.subtle],
    ['in plain JavaScript', null],
  ])('X15 stays the same across reloads and signs, %s', async (_, subtle) => {
    const before = await openPerson({ room: own.room, storage, subtle })
    const after = await openPerson({ room: own.room, storage, subtle })
    expect(after.personId).toBe(before.personId)
    expect(after.storage).toBe('indexeddb')
    const message = toUtf8('hello')
    expect(await createVerifier().verify(before.publicKey, message, await after.sign(message))).toBe(true)
  })

  test('X15 is another one in another room', async () => {
    const here = await openPerson({ room: own.room, storage })
    const there = await openPerson({ room: other.room, storage })
    expect(here.personId).not.toBe(there.personId)
  })

  test('X15 is one, though two tabs open the room at once', async () => {
    const tabs = await Promise.all([openPerson({ room: own.room, storage }), openPerson({ room: own.room, storage })])
    expect(tabs[0].personId).toBe(tabs[1].personId)
  })
})

describe('the links of a device', () => {
  test('X16 the strongest link stays, whatever is opened later', async () => {
    const device = await openDevice({ storage })
    await device.rememberLink(weakenLink(own, 'edit'))
    await device.rememberLink(own)
    await device.rememberLink(weakenLink(own, 'view'))
    device.dispose()
    const later = await openDevice({ storage })
    expect(await later.strongestLink(own.room)).toEqual(own)
    expect(await later.strongestLink(own.room, weakenLink(own, 'view'))).toEqual(own)
    expect(await later.strongestLink(other.room)).toBeNull()
    later.dispose()
  })

  test('X16 forged links displace no good one, however many are opened', async () => {
    const device = await openDevice({ storage })
    const run = weakenLink(own, 'run')
    const forged = Array.from({ length: 20 }, (_, i) => ({ ...run, secret: new Uint8Array(16).fill(i) }))
    await device.rememberLink(own)
    for (const link of forged) await device.rememberLink(link)
    expect(await device.strongestLink(own.room)).toEqual(own)
    expect(await device.strongestLink(own.room, weakenLink(own, 'edit'))).toEqual(own)
    const [first] = forged
    if (first) expect((await device.strongestLink(own.room, first))?.right).not.toBe('own')
    device.dispose()
  })

  test('X16 rooms are listed, last opened first, and keep their title', async () => {
    let now = 1000
    const device = await openDevice({ storage, clock: () => now++ })
    await device.rememberLink(own, 'Plans')
    await device.rememberLink(other)
    expect((await device.recentRooms()).map(each => [each.title, each.lastOpened])).toEqual([
      [null, 1001],
      ['Plans', 1000],
    ])
    await device.rememberLink(own)
    expect((await device.recentRooms()).map(each => each.title)).toEqual(['Plans', null])
    device.dispose()
  })
})

describe('a device without a database', () => {
  test('X17 keeps everything in memory and says so', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const device = await openDevice({ storage })
    expect(device.storage).toBe('memory')
    const person = await device.person(own.room)
    expect((await device.person(own.room)).personId).toBe(person.personId)
    await device.rememberLink(own)
    expect(await device.strongestLink(own.room)).toEqual(own)
    device.dispose()
  })

  test('X17 goes on in memory when the database fails in between, and says so', async () => {
    const device = await openDevice({ storage })
    expect(device.storage).toBe('indexeddb')
    device.dispose()
    await device.rememberLink(own)
    expect(device.storage).toBe('memory')
    expect(await device.strongestLink(own.room)).toEqual(own)
  })
})
