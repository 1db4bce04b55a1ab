/**
 * The patches of one author's log as a stream: each is written for the state that those before it have left, which is
 * what makes a keystroke three bytes.
 *
 * Patches go through it in the order of the log; entries that are no edits leave it alone. Where a patch was refused
 * the log ends, and so does its stream. An old patch is read again from the nearest of the cursors kept every few edits.
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, decodeWith, type Reader, type Writer } from './codec.ts'
import type { Patch } from './patch.ts'
import { PatchReader } from './patch-reader.ts'
import { Cursor, readCursor, readVocabulary, Vocabulary, writeCursor, writeVocabulary } from './patch-state.ts'
import { PatchWriter } from './patch-writer.ts'
import type { SavedLogEnds } from './snapshot.ts'

/** Edits between two kept cursors: so many are read at most to read one again. */
const EDITS_BETWEEN_CHECKPOINTS = 64

interface Checkpoint {
  /** Of the edit before which it was. */
  readonly sequence: number
  readonly cursor: Cursor
}

/** Where in its author's log an edit stands, from which its stamps follow. */
export interface Place {
  readonly sequence: number
  readonly version: number
}

/** A patch as a log has it. */
export interface EncodedEdit {
  readonly payload: Bytes
  readonly version: number
}

/** Patches that were read again, from a checkpoint on: who asks for one asks for its neighbours. */
interface Reread {
  readonly from: Checkpoint
  /** Behind the last of them. */
  readonly cursor: Cursor
  next: number
  readonly patches: Map<number, Patch>
}

export interface PatchStream {
  /** How many elements the author has inserted. */
  readonly elements: number
  write(patch: Patch, place: Place): Bytes
  /** Reads the next patch to the end of `reader`; refuses through the reader. */
  read(reader: Reader, place: Place): Patch
  /** Reads a patch of the past again; `null` when there is none at this place. */
  reread(sequence: number, editAt: EditAt): Patch | null
  /** Writes all that is needed to go on, and to read again the patches from sequence `first` on. */
  save(writer: Writer, first: number, editAt: EditAt): void
}

/** An edit by its sequence; `null` for an entry that is none. */
type EditAt = (sequence: number) => EncodedEdit | null

class LogStream implements PatchStream {
  readonly #store: number
  readonly #vocabulary: Vocabulary
  readonly #cursor: Cursor
  readonly #reader: PatchReader
  readonly #writer: PatchWriter
  readonly #checkpoints: Checkpoint[] = []
  #reread: Reread | null = null
  #edits = 0
  #last = 0

  constructor(store: number, vocabulary = new Vocabulary(), cursor = new Cursor(store)) {
    this.#store = store
    this.#vocabulary = vocabulary
    this.#cursor = cursor
    this.#reader = new PatchReader(store, vocabulary)
    this.#writer = new PatchWriter(store, vocabulary)
  }

  get elements(): number {
    return this.#cursor.elements
  }

  write(patch: Patch, { sequence }: Place): Bytes {
    this.#pass(sequence)
    const writer = createWriter()
    this.#writer.write(writer, patch, this.#cursor)
    this.#last = sequence
    return writer.finish()
  }

  read(reader: Reader, { sequence, version }: Place): Patch {
    this.#pass(sequence)
    const patch = this.#reader.read(reader, { version, store: this.#store }, this.#cursor, true)
    this.#last = sequence
    return patch
  }

  reread(sequence: number, editAt: EditAt): Patch | null {
    const place = this.#checkpointsBefore(sequence)
    const from = this.#checkpoints[place - 1]
    if (!from || sequence > this.#last) return null
    if (this.#reread?.from !== from) this.#reread = rereadFrom(from)
    this.#readAgain(this.#reread, (this.#checkpoints[place]?.sequence ?? this.#last + 1) - 1, editAt)
    return this.#reread.patches.get(sequence) ?? null
  }

  save(writer: Writer, first: number, editAt: EditAt): void {
    writeVocabulary(writer, this.#vocabulary)
    writer.varuint(this.#last)
    writeCursor(writer, this.#cursor)
    writeCursor(writer, this.#cursorBefore(first, editAt))
  }

  static restore(store: number, { first, reach }: SavedLogEnds, reader: Reader): LogStream {
    const vocabulary = readVocabulary(reader)
    const last = reader.varuint(reach)
    const stream = new LogStream(store, vocabulary, readCursor(reader))
    stream.#last = last
    stream.#checkpoints.push({ sequence: first, cursor: readCursor(reader) })
    stream.#edits = 1
    return stream
  }

  /** The cursor before the first edit from `sequence` on. */
  #cursorBefore(sequence: number, editAt: EditAt): Cursor {
    if (sequence > this.#last) return this.#cursor
    const from = this.#checkpoints[this.#checkpointsBefore(sequence) - 1]
    if (!from) return new Cursor(this.#store)
    const reread = rereadFrom(from)
    this.#readAgain(reread, sequence - 1, editAt)
    return reread.cursor
  }

  #readAgain(reread: Reread, upTo: number, editAt: EditAt): void {
    for (; reread.next <= upTo; reread.next++) {
      const edit = editAt(reread.next)
      if (!edit) continue
      const stamp = { version: edit.version, store: this.#store }
      const patch = decodeWith(edit.payload, reader => this.#reader.read(reader, stamp, reread.cursor, false))
      // It was read once, unless the stream comes from a snapshot that lies.
      if (patch.ok) reread.patches.set(reread.next, patch.value)
    }
  }

  #pass(sequence: number): void {
    if (this.#edits++ % EDITS_BETWEEN_CHECKPOINTS > 0) return
    this.#checkpoints.push({ sequence, cursor: this.#cursor.copy() })
  }

  /** How many checkpoints there are at or before `sequence`. */
  #checkpointsBefore(sequence: number): number {
    let low = 0
    let high = this.#checkpoints.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#checkpoints[middle] as Checkpoint).sequence <= sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}

const rereadFrom = (from: Checkpoint): Reread => ({
  from,
  cursor: from.cursor.copy(),
  next: from.sequence,
  patches: new Map(),
})

export function restorePatchStream(store: number, ends: SavedLogEnds, reader: Reader): PatchStream {
  return LogStream.restore(store, ends, reader)
}

export function createPatchStream(store: number): PatchStream {
  return new LogStream(store)
}
