/**
 * What a snapshot may say of whoever takes it: nobody but the author itself goes on with its log.
 */
import { equalBytes } from '../base/bytes.ts'
import { bodyIn, frameHash } from '../protocol/frame.ts'
import type { AuthorLog } from './log.ts'
import type { SavedHistory } from './saved-history.ts'

/** Whether a snapshot has nothing of the own author but the beginning of what it has said. */
export function isOwnBeginning({ logs }: SavedHistory, { author, frames, hash }: AuthorLog): boolean {
  const saved = logs.find(log => equalBytes(log.author, author))
  if (!saved) return true
  if (saved.endedAt !== null || saved.reach > frames.reach) return false
  const next = saved.reach < frames.reach ? frames.indexWith(saved.reach + 1) : frames.length
  if (next < frames.length && frames.sequenceAt(next) !== saved.reach + 1) return false
  let last = saved.hash
  for (let i = next; i < frames.length; i++) last = frameHash(last, bodyIn(frames.at(i).bytes))
  return equalBytes(last, hash)
}
