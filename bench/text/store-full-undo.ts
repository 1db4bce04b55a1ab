/**
 * The same replica, whose snapshot has all of its history: everything in it can be undone by whoever has loaded it.
 */
import { storeWith } from './store.ts'

export const contender = storeWith(Number.POSITIVE_INFINITY)
