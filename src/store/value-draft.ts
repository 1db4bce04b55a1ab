/**
 * Counters and sets while they are being written.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import { COUNTER_MAX_STEP } from '../protocol/limits.ts'
import type { Scalar } from '../protocol/patch.ts'
import { isThere, type Location, requireAccepted, stage, stageEntries } from './field-draft.ts'
import { toJsonValue } from './json-value.ts'
import type { SetUpdate } from './set-field.ts'
import { acceptedSet, frozenSet, keyOf, type SetValue } from './set-value.ts'

export function counterDraft(location: Location) {
  const { document, staging, table, record, key } = location
  const staged = () => (staging.get(table, record, key) as number | undefined) ?? 0
  return {
    get value() {
      return ((document.value(table, record, key) as number | undefined) ?? 0) + staged()
    },
    add(by: number) {
      const before = staged()
      const isFit = (each: number) => Number.isInteger(each) && Math.abs(each) <= COUNTER_MAX_STEP
      if (!isFit(by) || !isFit(before + by)) {
        const after = before === 0 ? '' : `, after ${before}`
        const sentence = `A counter takes whole numbers, and ${COUNTER_MAX_STEP} at most in one transaction: not ${inWords(by)}${after}.`
        throw new SupermeshError('number-out-of-range', sentence, { by: inWords(by), before, limit: COUNTER_MAX_STEP })
      }
      if (by !== 0) stage(location, before + by)
    },
  }
}

export function setDraft(location: Location) {
  const { document, staging, table, record, key } = location
  const staged = () => staging.get(table, record, key) as SetUpdate | undefined
  const held = () => document.value(table, record, key) as SetValue | undefined
  const put = (item: Scalar, here: boolean) => stageItems(location, [[item, here]])
  const set = {
    has: (item: Scalar) => location.accepts(item) && (staged()?.get(keyOf(item))?.here ?? held()?.has(item) ?? false),
    toSet(): SetValue {
      const items = new Map([...(held() ?? [])].map(item => [keyOf(item), item]))
      for (const [name, { item, here }] of staged() ?? []) {
        if (here) items.set(name, item)
        else items.delete(name)
      }
      return acceptedSet(frozenSet([...items.keys()].sort().map(name => items.get(name) as Scalar)), location.accepts)
    },
    add: (item: unknown) => put(requireAccepted(location, toJsonValue(item)) as Scalar, true),
    delete(item: Scalar) {
      if (set.has(item)) put(item, false)
    },
  }
  return set
}

/** Makes a set what is given. */
export function writeSet(location: Location, items: readonly unknown[]): void {
  const wanted = items.map(item => requireAccepted(location, toJsonValue(item)) as Scalar)
  const keys = new Set(wanted.map(keyOf))
  const draft = setDraft(location)
  const gone = [...draft.toSet()].filter(item => !keys.has(keyOf(item)))
  const come = wanted.filter(item => !isThere(location, draft.has(item), true))
  const changes = [...gone.map(item => [item, false] as const), ...come.map(item => [item, true] as const)]
  if (changes.length > 0) stageItems(location, changes)
}

const stageItems = (location: Location, changes: readonly (readonly [Scalar, boolean])[]) =>
  stageEntries(
    location,
    changes.map(([item, here]) => [keyOf(item), { item, here }] as const),
  )
