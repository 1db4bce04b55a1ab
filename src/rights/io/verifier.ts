/**
 * Checks signatures with the browser's Ed25519 where it has one, else in plain JavaScript; both say the same, so that
 * all peers agree which frames are valid.
 *
 * Keys are checked and imported once and then remembered: a log has many frames of few authors.
 */
import type { Bytes } from '../../base/bytes.ts'
import { toHex } from '../../base/bytes.ts'
import { isSoundKey, isSoundSignature, verifyWithKey } from '../ed25519.ts'
import { platformSubtle } from './signer.ts'

const KEYS_MAX = 1024

export interface Verifier {
  /** Whether `signature` over `message` is valid under `publicKey`. False for bytes that are no key or no signature. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean>
}

type KnownKey =
  | { readonly kind: 'refused' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'platform'; readonly key: CryptoKey }

/** @param subtle - `null` verifies in plain JavaScript */
export function createVerifier(subtle: SubtleCrypto | null = platformSubtle()): Verifier {
  const known = new Map<string, Promise<KnownKey>>()

  async function examine(publicKey: Bytes): Promise<KnownKey> {
    if (!isSoundKey(publicKey)) return { kind: 'refused' }
    if (!subtle) return { kind: 'plain' }
    try {
      return { kind: 'platform', key: await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']) }
    } catch {
      // The key is sound, so it is the algorithm that the browser does not know.
      return { kind: 'plain' }
    }
  }

  function recall(publicKey: Bytes): Promise<KnownKey> {
    const name = toHex(publicKey)
    const key = known.get(name) ?? examine(publicKey.slice())
    // Put back last, so that the first is always the one unused for longest.
    known.delete(name)
    known.set(name, key)
    for (const oldest of known.keys()) {
      if (known.size <= KEYS_MAX) break
      known.delete(oldest)
    }
    return key
  }

  return {
    async verify(publicKey, message, signature) {
      if (!isSoundSignature(signature)) return false
      const known = await recall(publicKey)
      if (known.kind === 'refused') return false
      if (known.kind === 'plain' || !subtle) return verifyWithKey(publicKey, message, signature)
      return subtle.verify('Ed25519', known.key, signature, message)
    },
  }
}
