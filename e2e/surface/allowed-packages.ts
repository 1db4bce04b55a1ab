/**
 * Whose types may stand in the signatures of which subpath; a subpath that is not listed names its own types only.
 *
 * What is listed has to be a peer dependency: the consumer's copy is the one that is meant.
 */
import { SHARED } from './subpath.ts'

export const ALLOWED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  [SHARED.specifier]: ['@codemirror/state'],
  'supermesh/react': ['react'],
  'supermesh/react/codemirror': ['react', '@codemirror/state'],
  'supermesh/testing/vitest': ['vitest'],
  'supermesh/testing/jest': ['expect'],
  'supermesh/codemirror': ['@codemirror/state'],
}
