/**
 * Key pairs that sign: the browser's own, whose private half no script can read, or plain bytes where the browser has
 * no Ed25519.
 */
import type { Bytes } from '../../base/bytes.ts'
import { publicKeyOf, SEED_BYTES, signWithSeed } from '../ed25519.ts'

/** What can be put into IndexedDB and made a signer again. */
export type KeptKey =
  | { readonly kind: 'platform'; readonly publicKey: Bytes; readonly privateKey: CryptoKey }
  | { readonly kind: 'seed'; readonly publicKey: Bytes; readonly seed: Bytes }

export interface Signer {
  readonly publicKey: Bytes
  /** 64 bytes, Ed25519. */
  sign(message: Bytes): Promise<Bytes>
  readonly kept: KeptKey
}

/** The platform's cryptography; `null` on pages that the browser does not trust with it. */
export function platformSubtle(): SubtleCrypto | null {
  return globalThis.crypto?.subtle ?? null
}

/** A fresh key pair. @param subtle - `null` makes one of plain bytes */
export async function createSigner(subtle: SubtleCrypto | null = platformSubtle()): Promise<Signer> {
  const pair = subtle && (await generatePair(subtle))
  if (!subtle || !pair) return signerFromSeed(crypto.getRandomValues(new Uint8Array(SEED_BYTES)))
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey))
  return openSigner({ kind: 'platform', publicKey, privateKey: pair.privateKey }, subtle)
}

export function signerFromSeed(seed: Bytes): Signer {
  return openSigner({ kind: 'seed', publicKey: publicKeyOf(seed), seed }, null)
}

/** The signer of a key that was kept. */
export function openSigner(kept: KeptKey, subtle: SubtleCrypto | null = platformSubtle()): Signer {
  return {
    publicKey: kept.publicKey,
    kept,
    async sign(message) {
      if (kept.kind === 'seed') return signWithSeed(kept.seed, message)
      // A kept platform key exists only where the platform does.
      const platform = subtle ?? crypto.subtle
      return new Uint8Array(await platform.sign('Ed25519', kept.privateKey, message))
    },
  }
}

/** `null` where the browser has no Ed25519. */
async function generatePair(subtle: SubtleCrypto): Promise<CryptoKeyPair | null> {
  try {
    return (await subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  } catch {
    return null
  }
}
