/**
 * A text or list out of a snapshot, of which nothing is made before somebody writes to it: most of what is in a room is only
 * looked at.
 */
import type { Bytes } from '../base/bytes.ts'
import { decodeWith, type Reader } from '../protocol/codec.ts'
import type { ElementId } from '../protocol/patch.ts'
import type { SequenceMetadata } from './fields.ts'
import type { SavedSequence } from './saved-sequence.ts'
import { createSequence, type Sequence } from './sequence.ts'
import type { Content } from './span.ts'

/** What a sequence is woken by. */
export interface Dormant<C extends Content> {
  /** As `writeSequence` wrote them. */
  readonly bytes: Bytes
  /** Reads them whole. */
  readonly read: (reader: Reader) => SavedSequence<C>
  /** What can be seen of it. */
  readonly seen: C
  /** An id that no element has, and none of those that follow it. */
  readonly spare: ElementId
}

export class DormantSequence<C extends Content> implements SequenceMetadata<C> {
  readonly #empty: C
  #dormant: Dormant<C> | null
  #sequence: Sequence<C> | null = null

  constructor(empty: C, dormant: Dormant<C>) {
    this.#empty = empty
    this.#dormant = dormant
  }

  get sequence(): Sequence<C> {
    this.#sequence ??= this.#awake()
    return this.#sequence
  }

  #awake(): Sequence<C> {
    const { bytes, read, seen, spare } = this.#dormant as Dormant<C>
    this.#dormant = null
    const saved = decodeWith(bytes, read)
    if (saved.ok) return createSequence(this.#empty, saved.value)
    // Who vouched for what cannot be read has parted us from the others, as with any other lie. What is shown stays what there is.
    const sequence = createSequence(this.#empty)
    if (seen.length > 0) sequence.insertAt(0, seen, spare)
    return sequence
  }
}
