/** Frames and snapshots for the tests of keepers: their bytes say which they are. */
import { type Bytes, toHex } from '../base/bytes.ts'
import type { KeptFrame, KeptSnapshot } from './keeper.ts'

const authorOf = (author: number): Bytes => new Uint8Array(16).fill(author)

export const frame = (author: number, sequence: number, version: number): KeptFrame => ({
  author: authorOf(author),
  sequence,
  version,
  bytes: Uint8Array.of(author, sequence),
})

/** @param reach - pairs of an author and the last sequence */
export const snapshot = (byte: number, ...reach: readonly (readonly [number, number])[]): KeptSnapshot => ({
  bytes: Uint8Array.of(byte),
  reach: new Map(reach.map(([author, last]) => [toHex(authorOf(author)), last])),
})

export const byVersion = (frames: readonly KeptFrame[]) => [...frames].sort((a, b) => a.version - b.version)
