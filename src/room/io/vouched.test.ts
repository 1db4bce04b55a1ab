import { describe, expect, it } from 'vitest'
import { fromHex } from '../../base/bytes.ts'
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
    const hash = new Uint8Array(32)
    const seal = await session.seal(hash)
    const author = session.author ?? fromHex(session.authorId)
    const all = { author, introduction: session.introduction }
    expect(await isVouched(link.room, { type: 'open-snapshot', ...all, hash, seal, introductions: [all] })).toBe(ok)
    expect(
      await isVouched(link.room, {
        type: 'open-snapshot',
        ...all,
        hash,
        seal,
        introductions: [{ author, introduction: new Uint8Array(9) }],
      }),
    ).toBe(false)
  })
})
