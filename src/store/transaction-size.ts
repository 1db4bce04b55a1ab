/**
 * How large a transaction is, by upper estimates: what is accepted here, every peer accepts (S12).
 */
import { SupermeshError } from '../base/error.ts'
import { PATCH_MAX_OPERATIONS, PATCH_MAX_SPLICES, VALUE_MAX_BYTES } from '../protocol/limits.ts'
import { kindOfKey } from '../protocol/patch.ts'
import type { Document } from './document.ts'
import type { SequenceMetadata, SequenceUpdate } from './fields.ts'
import type { SetMetadata, SetUpdate } from './set-field.ts'
import type { Content } from './span.ts'
import type { StagedField } from './staging.ts'

/** By their names in `LIMITS`. */
const TRANSACTION_LIMITS = {
  transactionBytes: { limit: VALUE_MAX_BYTES, unit: 'bytes' },
  transactionOperations: { limit: PATCH_MAX_OPERATIONS, unit: 'pieces' },
  transactionSplices: { limit: PATCH_MAX_SPLICES, unit: 'insertions, removals and moves' },
}

/** @throws SupermeshError `transaction-too-large` */
export function requireBelow(size: number, of: keyof typeof TRANSACTION_LIMITS): void {
  const { limit, unit } = TRANSACTION_LIMITS[of]
  if (size <= limit) return
  const sentence = `This has ${size} ${unit}, of ${limit} at most: write it in several transactions.`
  throw new SupermeshError('transaction-too-large', sentence, { of, size, limit })
}

/** Upper estimates of the operations of a patch, and of the splices among them, as `protocol/patch.ts` counts them. */
export function countOperations(
  document: Document,
  fields: readonly StagedField[],
): { operations: number; splices: number } {
  let others = 0
  let splices = 0
  for (const { table, record, key, update } of fields) {
    others++
    if (update instanceof Map) others += update.size
    const kind = kindOfKey(key)
    if (kind === 'set')
      others += countSeen(document.metadata(table, record, key) as SetMetadata | undefined, update as SetUpdate)
    if (kind !== 'text' && kind !== 'list') continue
    const written = update as SequenceUpdate<Content>
    const held = document.metadata(table, record, key) as SequenceMetadata<Content> | undefined
    const runs = (held?.sequence.runs ?? 0) + 3 * written.length
    for (const each of written) {
      if ('move' in each) splices++
      else {
        if (each.remove > 0) {
          splices++
          others += Math.min(each.remove, runs)
        }
        if (each.insert.length > 0) splices++
      }
    }
  }
  return { operations: others + splices, splices }
}

/** How many additions a removal names. */
function countSeen(held: SetMetadata | undefined, update: SetUpdate): number {
  let seen = 0
  if (held) for (const { item, here } of update.values()) if (!here) seen += held.count(item)
  return seen
}

/** @throws SupermeshError `transaction-too-large` when the fields may take more bytes on the wire than they may */
export function requireWeight(fields: readonly StagedField[]): void {
  // A keystroke is not counted byte by byte.
  if (weighFields(fields, roughWeight) > VALUE_MAX_BYTES)
    requireBelow(weighFields(fields, weighText), 'transactionBytes')
}

const roughWeight = (text: string) => 6 * text.length

function weighFields(fields: readonly StagedField[], ofText: (text: string) => number): number {
  let sum = 16
  for (const { table, record, key, update } of fields) {
    sum += table.length + record.length + key.length + 64 + weigh(update, ofText)
  }
  return sum
}

/** An upper estimate of the bytes that `value` takes on the wire. */
function weigh(value: unknown, ofText: (text: string) => number): number {
  if (typeof value === 'string') return ofText(value) + 16
  if (typeof value !== 'object' || value === null) return 24
  let sum = 16
  if (Array.isArray(value)) for (const item of value) sum += 16 + weigh(item, ofText)
  else if (value instanceof Map) for (const [key, item] of value) sum += 32 + ofText(key) + weigh(item, ofText)
  else
    for (const key of Object.keys(value)) sum += key.length + 8 + weigh((value as Record<string, unknown>)[key], ofText)
  return sum
}

/** UTF-8 bytes of `text` in JSON; controls and unpaired surrogates are escaped there with six. */
function weighText(text: string): number {
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || (unit >= 0xd800 && unit < 0xe000)) size += 6
    else if (unit < 0x80) size += unit === 0x22 || unit === 0x5c ? 2 : 1
    else size += unit < 0x800 ? 2 : 3
  }
  return size
}
