/**
 * Our sequence alone, with the patch codec: no store, no log, no sync.
 *
 * The author and the clocks of an update follow from its place in the log, as they do from a frame's. A snapshot has all that was
 * ever typed, so that any of it can come back.
 */
import type { Bytes } from '../../src/base/bytes.ts'
import { createWriter, decodeWith } from '../../src/protocol/codec.ts'
import type { Operation, TextPatch } from '../../src/protocol/patch.ts'
import { createPatchStream } from '../../src/protocol/patch-stream.ts'
import { createStoreNumbers } from '../../src/protocol/snapshot.ts'
import { DormantSequence } from '../../src/store/dormant-sequence.ts'
import { KeptRanges } from '../../src/store/kept-ranges.ts'
import { readSeen, readSequence, writeSequence } from '../../src/store/saved-sequence.ts'
import { createSequence, type Sequence } from '../../src/store/sequence.ts'
import type { Contender, Follower } from './contender.ts'
import type { Patch } from './trace.ts'

const [AUTHOR, READER] = [1, 2]
const [TABLE, RECORD, FIELD] = ['t', 'r', 't.f']

const STORES = createStoreNumbers([AUTHOR])

const placeOf = (sequence: number) => ({ sequence, version: sequence })

export const contender: Contender = {
  author(startContent) {
    const sequence = createSequence<string>('')
    const stream = createPatchStream(AUTHOR)
    let clock = 0
    let edits = 0
    const edit = (patches: readonly Patch[]): Bytes => {
      const operations: Operation<string>[] = []
      for (const [at, remove, insert] of patches) {
        if (remove > 0) operations.push(sequence.removeAt(at, remove).operation)
        if (insert === '') continue
        operations.push(sequence.insertAt(at, insert, { store: AUTHOR, clock }))
        clock += insert.length
      }
      return stream.write({ [TABLE]: { [RECORD]: { [FIELD]: { operations } } } }, placeOf(++edits))
    }
    const beginning = startContent === '' ? [] : [edit([[0, 0, startContent]])]
    return { beginning, edit, text: () => sequence.content(), snapshot: () => snapshotOf(sequence, clock) }
  },
  follower: follow,
  load(snapshot) {
    const bytes = new Uint8Array(snapshot)
    const seen = readSeen(bytes, '')
    const field = new DormantSequence<string>('', {
      ...{ bytes, seen: seen.content(), spare: { store: READER, clock: 0 } },
      read: reader => readSequence(reader, '', STORES, () => Number.MAX_SAFE_INTEGER),
    })
    let isEdited = false
    return {
      text: () => (isEdited ? field.sequence.content() : seen.content()),
      edit([at, remove, insert]) {
        if (remove > 0) field.sequence.removeAt(at, remove)
        field.sequence.insertAt(at, insert, { store: READER, clock: 0 })
        isEdited = true
      },
    }
  },
}

function snapshotOf(sequence: Sequence<string>, clock: number): Bytes {
  const kept = new KeptRanges()
  kept.add({ store: AUTHOR, clock: 0, length: clock })
  const writer = createWriter()
  writeSequence(writer, sequence.save(kept), '', STORES)
  return writer.finish()
}

function follow(): Follower {
  const sequence = createSequence<string>('')
  const stream = createPatchStream(AUTHOR)
  let edits = 0
  return {
    apply(update) {
      const decoded = decodeWith(update, reader => stream.read(reader, placeOf(++edits)))
      if (!decoded.ok) throw new Error(`An update was refused: ${decoded.code}.`)
      const patch = decoded.value[TABLE]?.[RECORD]?.[FIELD] as TextPatch
      for (const operation of patch.operations) sequence.apply(operation)
    },
    text: () => sequence.content(),
  }
}
