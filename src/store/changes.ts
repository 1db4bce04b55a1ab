/**
 * What edits did to fields, as those who look at them are told.
 */
import { kindOfKey } from '../protocol/patch.ts'

/** Table → record → field key → a change in the form of the field's kind. */
export type Changes = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

/** Changes that grow, as those of many edits one after the other. */
export type GrowingChanges = Record<string, Record<string, Record<string, unknown>>>

/** Adds what one more edit changed. */
export function addChanges(all: GrowingChanges, more: Changes): void {
  for (const table in more) {
    all[table] ??= {}
    for (const record in more[table]) {
      all[table][record] ??= {}
      const held = all[table][record]
      const fields = more[table]?.[record] ?? {}
      for (const key in fields) {
        // Those of registers tell the value, all others what happened.
        const kind = kindOfKey(key)
        if (!Array.isArray(fields[key]) || kind === 'register') held[key] = fields[key]
        else {
          held[key] ??= []
          for (const change of fields[key]) (held[key] as unknown[]).push(change)
        }
      }
    }
  }
}
