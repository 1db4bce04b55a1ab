import { describe, expect, test } from 'vitest'
import { type Bytes, equalBytes, fromHex, toHex, toUtf8 } from '../base/bytes.ts'
import { RIGHTS } from '../protocol/right.ts'
import { publicKeyOf } from './ed25519.ts'
import { areKeysOf, derive, descend, roomKeysOf, roomOf, signerSeed } from './ladder.ts'

const OWN = fromHex('000102030405060708090a0b0c0d0e0f')

/** The platform's HKDF, as a second opinion. */
async function platformHkdf(secret: Bytes, info: string, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: toUtf8(info) }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8))
}

describe('the ladder of rights', () => {
  test('X1 gives the secrets that it always gave: links that people hold stay good', () => {
    expect(RIGHTS.map(right => toHex(descend(OWN, 'own', right)))).toEqual([
      '000102030405060708090a0b0c0d0e0f',
      '0fa68fd5c640cd697b04fe4877efe3f0',
      'bf658c6d313a29ea2cbd8f3ffc9033c6',
      '42ca3cf9fdd96202bc271e11b666ac13',
    ])
    const keys = roomKeysOf(OWN)
    expect(toHex(keys.own)).toBe('ef85c6d4ecea231191728f9831c379236c212037bc2cd4aa4576061bd9199e34')
    expect(toHex(keys.run)).toBe('bc121a04d4c161d38c9d771a3211f6066fb5ef2f256f39ed564f5fffd668759b')
    expect(toHex(keys.edit)).toBe('d0e3b89ffdf16dd03940b8ec0ff5c943f0c0f84bc2fdc9f6e48ab7d0a959a468')
    expect(toHex(roomOf(keys))).toBe('641361f914e8b4f88d4705cfc5ec0211')
  })

  test('X1 derives by RFC 5869, as the platform does', async () => {
    let secret = OWN
    for (const right of RIGHTS.slice(1)) {
      secret = await platformHkdf(secret, `supermesh/1 right ${right}`, 16)
      expect(toHex(descend(OWN, 'own', right))).toBe(toHex(secret))
    }
    expect(toHex(derive(OWN, 'anything', 32))).toBe(toHex(await platformHkdf(OWN, 'supermesh/1 anything', 32)))
  })

  test('X1 each rung is reached from any rung above it, and the rungs differ', () => {
    for (const from of RIGHTS) {
      for (const to of RIGHTS.slice(RIGHTS.indexOf(from))) {
        expect(descend(descend(OWN, 'own', from), from, to)).toEqual(descend(OWN, 'own', to))
      }
    }
    expect(new Set(RIGHTS.map(right => toHex(descend(OWN, 'own', right)))).size).toBe(4)
  })

  test('X2 no key pair comes of a weaker secret, whichever purpose is tried on it', () => {
    const keys = roomKeysOf(OWN)
    for (const held of ['run', 'edit', 'view'] as const) {
      const secret = descend(OWN, 'own', held)
      for (const wanted of (['own', 'run', 'edit'] as const).filter(
        each => RIGHTS.indexOf(each) < RIGHTS.indexOf(held),
      )) {
        expect(equalBytes(publicKeyOf(signerSeed(secret, wanted)), keys[wanted])).toBe(false)
      }
    }
  })

  test('X3 a room accepts no other public keys than its own', () => {
    const keys = roomKeysOf(OWN)
    const others = roomKeysOf(fromHex('ff0102030405060708090a0b0c0d0e0f'))
    const room = roomOf(keys)
    expect(areKeysOf(room, keys)).toBe(true)
    for (const right of ['own', 'run', 'edit'] as const) {
      expect(areKeysOf(room, { ...keys, [right]: others[right] })).toBe(false)
    }
    expect(areKeysOf(room, { ...keys, own: keys.run, run: keys.own })).toBe(false)
  })
})
