import { expect, test } from 'vitest'
import { fromHex, toHex } from '../base/bytes.ts'
import { RIGHTS } from '../protocol/right.ts'
import { authorIdOf, authorOf, storeIdOf } from './author.ts'
import { publicKeyOf } from './ed25519.ts'
import { linkFrom, weakenLink } from './link.ts'
import { credentialsOf } from './secrets.ts'

const own = linkFrom({ random: fromHex('000102030405060708090a0b0c0d0e0f') })

test('X8 every right leads to the same meeting point and the same signaling key', () => {
  for (const right of RIGHTS) {
    const credentials = credentialsOf(weakenLink(own, right))
    expect(credentials.right).toBe(right)
    expect(credentials.topic).toBe('J1iHiFCBb2POs7DRPtkbxQ')
    expect(toHex(credentials.signalingKey)).toBe('0a10f38c3f6dafd20a5438056434b00d29922370b075cd5bd914924be5eb70ef')
  }
})

test('X8 seeds are of the rights held and no others, and belong to the room keys', () => {
  const held = Object.fromEntries(
    RIGHTS.map(right => [right, Object.keys(credentialsOf(weakenLink(own, right)).seeds)]),
  )
  expect(held).toEqual({ own: ['own', 'run', 'edit'], run: ['run', 'edit'], edit: ['edit'], view: [] })
  const { roomKeys, seeds } = credentialsOf(own)
  expect(roomKeys).toEqual({
    own: publicKeyOf(seeds.own ?? new Uint8Array()),
    run: publicKeyOf(seeds.run ?? new Uint8Array()),
    edit: publicKeyOf(seeds.edit ?? new Uint8Array()),
  })
  expect(credentialsOf(weakenLink(own, 'run')).roomKeys).toBeNull()
})

test('X9 an author is named after its key, and its store id is a positive safe integer', () => {
  const author = authorOf(publicKeyOf(new Uint8Array(32)))
  expect(authorIdOf(author)).toBe('0b9fbb3e59e20c863c815f0467c725a6')
  expect(storeIdOf(author)).toBe(Number(BigInt(`0x${toHex(author)}`) >> 75n))
  expect(storeIdOf(new Uint8Array(16).fill(255))).toBe(Number.MAX_SAFE_INTEGER)
  expect(storeIdOf(new Uint8Array(16))).toBe(1)
})
