import { Point, utils, verify } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { type Bytes, concatBytes, equalBytes, fromHex, toUtf8 } from '../../base/bytes.ts'
import { decodeIntroduction, type Introduction } from '../../protocol/introduction.ts'
import { RIGHTS, type Right } from '../../protocol/right.ts'
import { authorIdOf, authorOf, storeIdOf } from '../author.ts'
import { isSoundKey } from '../ed25519.ts'
import type { RoomKeys } from '../ladder.ts'
import { linkFrom, weakenLink } from '../link.ts'
import { credentialsOf } from '../secrets.ts'
import { openDevice } from './device.ts'
import { openSession, verifyCertificate, verifyIntroduction, verifySeal } from './session.ts'
import { createSigner } from './signer.ts'
import { createVerifier } from './verifier.ts'

const own = linkFrom({ random: fromHex('000102030405060708090a0b0c0d0e0f') })
const other = linkFrom({ random: fromHex('ff0102030405060708090a0b0c0d0e0f') })
const room = own.room
const roomKeys = credentialsOf(own).roomKeys as RoomKeys
const hash = new Uint8Array(32).fill(7)
const NOW = 1_700_000_000_000

const engines = { platform: crypto.subtle, plain: null } as const
const pairs = (['platform', 'plain'] as const).flatMap(signs =>
  (['platform', 'plain'] as const).map(checks => ({ signs, checks })),
)

async function open(right: Right, subtle: SubtleCrypto | null = crypto.subtle) {
  const device = await openDevice({ storage: 'memory', subtle })
  const person = await device.person(room)
  const session = await openSession({ link: weakenLink(own, right), person, name: 'Ana', now: NOW, subtle })
  const decoded = decodeIntroduction(session.introduction)
  if (!decoded.ok) throw new Error(decoded.code)
  return { session, person, introduction: decoded.value }
}

const flipped = (bytes: Bytes, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)) as Bytes

describe.each(pairs)('a session signed by $signs, checked by $checks', ({ signs, checks }) => {
  const verifier = createVerifier(engines[checks])

  test('X10 seals frames that only it can have sealed', async () => {
    const { session, introduction } = await open('edit', engines[signs])
    const { sessionKey } = introduction
    const seal = await session.seal(hash)
    expect(seal.length).toBe(64)
    expect(await verifySeal({ room, sessionKey, hash, seal }, verifier)).toBe(true)
    const stranger = (await open('edit', engines[signs])).introduction.sessionKey
    const forgeries = [
      { room: other.room, sessionKey, hash, seal },
      { room, sessionKey: stranger, hash, seal },
      { room, sessionKey, hash: flipped(hash, 31), seal },
      { room, sessionKey, hash, seal: flipped(seal, 0) },
      { room, sessionKey, hash, seal: flipped(seal, 63) },
      { room, sessionKey, hash, seal: new Uint8Array(64) },
      { room, sessionKey, hash, seal: new Uint8Array() },
      { room, sessionKey: new Uint8Array(32), hash, seal },
      { room, sessionKey: new Uint8Array(5), hash, seal },
    ]
    for (const [index, forgery] of forgeries.entries()) {
      expect([index, await verifySeal(forgery, verifier)]).toEqual([index, false])
    }
  })

  test('X11 introduces itself, its person and its right', async () => {
    for (const right of RIGHTS) {
      const { introduction, person } = await open(right, engines[signs])
      expect(introduction).toMatchObject({ name: 'Ana', personKey: person.publicKey })
      expect(introduction.certificate?.right).toBe(right === 'view' ? undefined : right)
      expect(await verifyIntroduction(room, introduction, verifier)).toBe(true)
      expect(await verifyCertificate(room, roomKeys, introduction, verifier)).toBe(right)
    }
  })

  test('X12 forged, borrowed and promoted certificates prove nothing', async () => {
    const edit = (await open('edit', engines[signs])).introduction
    const run = (await open('run', engines[signs])).introduction
    const { certificate } = edit
    if (!certificate) throw new Error('an editor has a certificate')
    const forgeries: readonly Introduction[] = [
      { ...edit, certificate: { ...certificate, right: 'run' } },
      { ...edit, certificate: { ...certificate, right: 'own' } },
      { ...edit, certificate: { ...certificate, expires: certificate.expires + 1 } },
      { ...edit, certificate: { ...certificate, signature: flipped(certificate.signature, 9) } },
      { ...edit, certificate: run.certificate },
      { ...edit, sessionKey: run.sessionKey },
    ]
    for (const [index, forgery] of forgeries.entries()) {
      expect([index, await verifyCertificate(room, roomKeys, forgery, verifier)]).toEqual([index, null])
    }
    const otherKeys = credentialsOf(other).roomKeys as RoomKeys
    expect(await verifyCertificate(room, otherKeys, edit, verifier)).toBeNull()
    expect(await verifyCertificate(other.room, otherKeys, edit, verifier)).toBeNull()
    // A stranger certifies itself for our room with keys of its own making, and offers those keys as the room's.
    const device = await openDevice({ storage: 'memory' })
    const impostor = { ...weakenLink(other, 'edit'), room }
    const session = await openSession({ link: impostor, person: await device.person(room), name: 'Mallory', now: NOW })
    const decoded = decodeIntroduction(session.introduction)
    if (!decoded.ok) throw new Error(decoded.code)
    expect(await verifyIntroduction(room, decoded.value, verifier)).toBe(true)
    expect(await verifyCertificate(room, otherKeys, decoded.value, verifier)).toBeNull()
    expect(await verifyCertificate(room, { ...roomKeys, edit: otherKeys.edit }, decoded.value, verifier)).toBeNull()
    // Nobody can claim another's person, nor carry a person's word to another room.
    expect(await verifyIntroduction(room, { ...edit, personKey: run.personKey }, verifier)).toBe(false)
    expect(await verifyIntroduction(room, { ...edit, sessionKey: run.sessionKey }, verifier)).toBe(false)
    expect(await verifyIntroduction(other.room, edit, verifier)).toBe(false)
  })
})

describe('a session', () => {
  test('X9 is a fresh author at each opening, named after its key', async () => {
    const first = await open('edit')
    const second = await open('edit')
    expect(first.session.authorId).not.toBe(second.session.authorId)
    expect(equalBytes(first.session.author, authorOf(first.introduction.sessionKey))).toBe(true)
    expect(first.session.authorId).toBe(authorIdOf(first.session.author))
    expect(first.session.storeId).toBe(storeIdOf(first.session.author))
  })

  test('X10 keeps its key where no script can read it', async () => {
    const { kept } = await createSigner(crypto.subtle)
    if (kept.kind !== 'platform') throw new Error('Node has Ed25519')
    await expect(crypto.subtle.exportKey('pkcs8', kept.privateKey)).rejects.toThrow()
  })

  test('X10 works where the browser has cryptography but no Ed25519', async () => {
    const unsupported = () => Promise.reject(new DOMException('unknown algorithm', 'NotSupportedError'))
    const old = { generateKey: unsupported, importKey: unsupported } as unknown as SubtleCrypto
    const { session, introduction } = await open('edit', old)
    const seal = await session.seal(hash)
    const sealed = { room, sessionKey: introduction.sessionKey, hash, seal }
    expect(await verifySeal(sealed, createVerifier(old))).toBe(true)
    expect(await verifySeal(sealed, createVerifier())).toBe(true)
    expect(await verifySeal({ ...sealed, hash: flipped(hash, 0) }, createVerifier(old))).toBe(false)
  })
})

describe('X13 all engines agree on hostile signatures', () => {
  const ORDER_8 = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')
  const L = 2n ** 252n + 27742317777372353535851937790883648493n
  const message = toUtf8('message')
  const numberOf = (bytes: Uint8Array) => [...bytes].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const bytesOf = (value: bigint) => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))

  /** A signature made by hand, with the nonce point `nonce · B + torsion`. */
  function craft(nonce: bigint, torsion: Point): { publicKey: Bytes; signature: Bytes } {
    const { scalar, pointBytes } = utils.getExtendedPublicKey(new Uint8Array(32).fill(3))
    const publicKey = new Uint8Array(pointBytes)
    const r = new Uint8Array(Point.BASE.multiply(nonce, false).add(torsion).toBytes())
    const k = numberOf(sha512(concatBytes(r, publicKey, message))) % L
    return { publicKey, signature: concatBytes(r, bytesOf((nonce + k * scalar) % L)) }
  }

  const verdicts = (publicKey: Bytes, signature: Bytes) =>
    Promise.all(Object.values(engines).map(engine => createVerifier(engine).verify(publicKey, message, signature)))

  test('an honest one made by hand passes', async () => {
    const { publicKey, signature } = craft(12345n, Point.ZERO)
    expect(await verdicts(publicKey, signature)).toEqual([true, true])
  })

  test('a nonce point of mixed order passes nowhere, though the library alone would take it', async () => {
    const { publicKey, signature } = craft(12345n, ORDER_8)
    expect(verify(signature, message, publicKey, { zip215: false })).toBe(true)
    expect(await verdicts(publicKey, signature)).toEqual([false, false])
  })

  test('a neutral nonce point passes nowhere', async () => {
    const { publicKey, signature } = craft(0n, Point.ZERO)
    expect(await verdicts(publicKey, signature)).toEqual([false, false])
  })

  test('a scalar that is not reduced passes nowhere', async () => {
    const { publicKey, signature } = craft(12345n, Point.ZERO)
    const unreduced = concatBytes(signature.slice(0, 32), bytesOf(numberOf(signature.slice(32)) + L))
    expect(await verdicts(publicKey, unreduced)).toEqual([false, false])
  })

  test('a key of small or mixed order, or written in a second way, is no key', () => {
    const honest = craft(1n, Point.ZERO).publicKey
    expect(isSoundKey(honest)).toBe(true)
    const mixed = Point.fromBytes(honest).add(ORDER_8).toBytes()
    const notReduced = concatBytes(Uint8Array.of(0xee), new Uint8Array(30).fill(0xff), Uint8Array.of(0x7f))
    for (const key of [mixed, ORDER_8.toBytes(), Point.ZERO.toBytes(), notReduced]) expect(isSoundKey(key)).toBe(false)
  })
})
