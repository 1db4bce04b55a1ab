/**
 * Ed25519 (RFC 8032) in plain JavaScript, and what all peers agree to call a valid signature.
 *
 * Engines differ at the edges of the standard: with keys or signatures that have a component of small order, some accept
 * what others refuse, and then one frame would be valid for a part of the room only. {@link isSoundKey} and
 * {@link isSoundSignature} close those edges for every engine; between them an honest signature always passes.
 * Knows nothing of rooms, and nothing of the platform's own cryptography.
 */
import { getPublicKey, hashes, Point, sign, verify } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../base/bytes.ts'
import { equalBytes } from '../base/bytes.ts'

hashes.sha512 = sha512

export const PUBLIC_KEY_BYTES = 32
export const SEED_BYTES = 32
export const SIGNATURE_BYTES = 64

/** Encoding of the neutral point. */
const NEUTRAL = Uint8Array.of(1, ...new Array<number>(31).fill(0))

/** @param seed - the 32 bytes that RFC 8032 calls the private key */
export function publicKeyOf(seed: Bytes): Bytes {
  return getPublicKey(seed) as Bytes
}

export function signWithSeed(seed: Bytes, message: Bytes): Bytes {
  return sign(message, seed) as Bytes
}

/** Whether `publicKey` is a canonical point of the prime-order subgroup, other than the neutral one. */
export function isSoundKey(publicKey: Uint8Array): boolean {
  return publicKey.length === PUBLIC_KEY_BYTES && !equalBytes(publicKey, NEUTRAL) && isTorsionFree(publicKey)
}

/** Whether `signature` has the right length and a nonce point that no engine treats specially. */
export function isSoundSignature(signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && !equalBytes(signature.subarray(0, 32), NEUTRAL)
}

/**
 * Verifies under a sound key.
 *
 * The library multiplies the equation by the cofactor and browsers do not; for a nonce point without a small-order part,
 * which is asked for here, both say the same.
 */
export function verifyWithKey(publicKey: Bytes, message: Bytes, signature: Bytes): boolean {
  return verify(signature, message, publicKey, { zip215: false }) && isTorsionFree(signature.subarray(0, 32))
}

function isTorsionFree(encoded: Uint8Array): boolean {
  try {
    return Point.fromBytes(encoded).isTorsionFree()
  } catch {
    return false
  }
}
