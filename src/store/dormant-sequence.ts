/**
 * A text or list out of a snapshot, of which nothing is made before somebody writes to it: most of what is in a room is only
 * looked at.
 */
import type { Bytes } from '../base/bytes.ts'
import { decodeWith, type Reader } from '../protocol/codec.ts'
import type { SequenceMetadata } from './fields.ts'
import type { SavedSequence } from './saved-sequence.ts'
import { createSequence, type Sequence } from './sequence.ts'
import type { Content } from './span.ts'

export class DormantSequence<C extends Content> implements SequenceMetadata<C> {
  readonly #empty: C
  readonly #read: (reader: Reader) => SavedSequence<C>
  #bytes: Bytes
  #sequence: Sequence<C> | null = null

  /** @param bytes - as `writeSequence` wrote them; `read` reads them whole */
  constructor(bytes: Bytes, empty: C, read: (reader: Reader) => SavedSequence<C>) {
    this.#bytes = bytes
    this.#empty = empty
    this.#read = read
  }

  get sequence(): Sequence<C> {
    this.#sequence ??= this.#awake()
    return this.#sequence
  }

  /** Whether there is something to be made. */
  get isSound(): boolean {
    return this.#sequence !== null || decodeWith(this.#bytes, this.#read).ok
  }

  #awake(): Sequence<C> {
    const read = decodeWith(this.#bytes, this.#read)
    this.#bytes = new Uint8Array(0)
    // What came from others is sound, or was refused; the own disk may be broken.
    return createSequence(this.#empty, read.ok ? read.value : undefined)
  }
}
