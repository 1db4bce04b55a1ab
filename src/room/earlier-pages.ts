/**
 * What was written before this page was opened. Most of it is on the disk; what the last page could not keep any more comes
 * later, from others.
 */
import type { Unsubscribe } from '../base/subscribe.ts'
import type { Tables } from '../store/schema.ts'
import type { Replica } from './replica.ts'

export interface EarlierPages {
  /** Whether anything of that time is here, by whomever. */
  any(): boolean
  /** How often something has come that the own person wrote then. */
  grown(): number
  readonly dispose: Unsubscribe
}

/**
 * @param opened - when this page was, in ms since the Unix epoch
 * @param isOwn - whether a store is written by the person here
 */
export function createEarlierPages<T extends Tables>(
  { store, sync: { entries } }: Replica<T>,
  opened: number,
  isOwn: (store: number) => boolean,
): EarlierPages {
  let grown = 0
  const isOwnEarlier = (edit: { readonly store: number; readonly sequence: number }) =>
    isOwn(edit.store) && (entries.at(edit.store, edit.sequence)?.time ?? opened) < opened

  return {
    any() {
      for (const { time } of entries.backwards()) if (time < opened) return true
      return false
    },
    grown: () => grown,
    dispose: store.changed.subscribe(({ local, edit }) => {
      // A snapshot is what many edits have come to, any of them among these.
      if (!local && (edit === null || isOwnEarlier(edit))) grown++
    }),
  }
}
