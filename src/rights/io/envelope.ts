/**
 * Envelopes for what passes through a signaling server: it can deliver them, delay them and drop them, but neither read
 * nor change them, nor move one from one topic to another.
 */
import type { Bytes } from '../../base/bytes.ts'
import { concatBytes } from '../../base/bytes.ts'
import { platformSubtle } from './signer.ts'

/** AES-GCM's own choice (NIST SP 800-38D §8.2): random, and signaling sends far fewer than 2^32 under one key. */
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * @param key - 32 bytes
 * @param context - authenticated with the plaintext but not sent; whoever opens has to know it (the topic)
 * @returns nonce (12 bytes), ciphertext, tag (16 bytes)
 */
export async function sealEnvelope(key: Bytes, plaintext: Bytes, context: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const aes = await importKey(key, 'encrypt')
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: context }, aes, plaintext)
  return concatBytes(iv, new Uint8Array(sealed))
}

/** The plaintext; `null` when key, context or any bit is not the one that was sealed. */
export async function openEnvelope(key: Bytes, envelope: Bytes, context: Bytes): Promise<Bytes | null> {
  if (envelope.length < IV_BYTES + TAG_BYTES) return null
  const iv = envelope.slice(0, IV_BYTES)
  const aes = await importKey(key, 'decrypt')
  try {
    const algorithm = { name: 'AES-GCM', iv, additionalData: context }
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, aes, envelope.slice(IV_BYTES)))
  } catch {
    return null
  }
}

export type SecureContext = { readonly ok: true } | { readonly ok: false; readonly sentence: string }

/** Whether the browser gives this page its cryptography: over https and on localhost it does. */
export function secureContext(): SecureContext {
  if (platformSubtle()) return { ok: true }
  return {
    ok: false,
    sentence:
      'This page came over an insecure connection, and the browser withholds encryption from it. ' +
      'Open the page with https://, or on localhost.',
  }
}

function importKey(key: Bytes, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use])
}
