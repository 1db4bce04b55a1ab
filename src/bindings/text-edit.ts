/**
 * Edits as a shared text takes them, for bindings of fields that know only what they hold now. Pure.
 */

import type { TextEdit } from '../store/record.ts'

/** The one edit that makes `before` into `after`, with whole characters; `null` when they are equal. */
export function editBetween(before: string, after: string): TextEdit | null {
  if (before === after) return null
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start--
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end--
  return { index: start, remove: before.length - end - start, insert: after.slice(start, after.length - end) }
}

export const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
export const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
