/**
 * What a cell printed, showed or failed with: the shape that the renderer reads.
 *
 * Declared by structure, so that whatever reads notebooks needs no import from here. Every field below a known `type` is
 * still a stranger's: `data` may hold anything that JSON can say.
 */

export type MimeData = Readonly<Record<string, unknown>>

export type Output =
  | { readonly type: 'stream'; readonly name: string; readonly text: string }
  | { readonly type: 'display_data' | 'execute_result'; readonly data: MimeData; readonly metadata: MimeData }
  | {
      readonly type: 'error'
      readonly ename: string
      readonly evalue: string
      readonly traceback: readonly string[]
    }
  | { readonly type: 'unknown' }

/** Equality of values that JSON can say, without writing them out. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right: Readonly<Record<string, unknown>> = { ...b }
  if (left.length !== Object.keys(right).length) return false
  return left.every(([key, value]) => Object.hasOwn(right, key) && sameValue(value, right[key]))
}
