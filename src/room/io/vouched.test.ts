import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex } from '../../base/bytes.ts'
import { newLink, openDevice, openSession, weakenLink } from '../../rights/index.ts'
import { isVouched } from './authenticity.ts'

describe('a snapshot', () => {
  it.each([
    ['own', true],
    ['edit', true],
    ['view', false],
  ] as const)('Y35: is vouched for by whose link lets them %s: %s', async (right, ok) => {
    const link = newLink()
    const device = await openDevice({ storage: 'memory' })
    const session = await openSession({
      link: weakenLink(link, right),
      person: await device.person(link.room),
      name: 'x',
      now: Date.now(),
    })
    const bytes = new Uint8Array(9)
    const digest = sha256(bytes) as Bytes
    const hash = new Uint8Array(32)
    const seal = await session.seal(hash)
    const author = session.author ?? fromHex(session.authorId)
    const introduced = { author, introduction: session.introduction }
    const all = {
      type: 'open-snapshot',
      bytes,
      digest,
      ...introduced,
      hash,
      seal,
      introductions: [introduced],
    } as const
    expect(await isVouched(link.room, all)).toBe(ok)
    const introductions = [{ author, introduction: new Uint8Array(9) }]
    expect(await isVouched(link.room, { ...all, introductions })).toBe(false)
    expect(await isVouched(link.room, { ...all, bytes: new Uint8Array(10) })).toBe(false)
    expect(await isVouched(link.room, { ...all, hash: new Uint8Array(32).fill(1) })).toBe(false)
    expect(await isVouched(link.room, { ...all, seal: seal.map(byte => byte ^ 1) })).toBe(false)
    const stranger = new Uint8Array(author.length)
    expect(await isVouched(link.room, { ...all, author: stranger })).toBe(false)
  })
})
