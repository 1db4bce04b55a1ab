/**
 * Our sequence alone, with the patch codec: no store, no log, no sync.
 *
 * The author and the clocks of an update follow from its place in the log, as they do from a frame's. There is no snapshot yet: what is loaded is all updates.
 */
import type { Bytes } from '../../src/base/bytes.ts'
import { decodeWith } from '../../src/protocol/codec.ts'
import type { Operation, TextPatch } from '../../src/protocol/patch.ts'
import { createPatchStream } from '../../src/protocol/patch-stream.ts'
import { createSequence } from '../../src/store/sequence.ts'
import { createByteList, readByteList } from './byte-list.ts'
import type { Contender, Follower } from './contender.ts'
import type { Patch } from './trace.ts'

const AUTHOR = 1
const [TABLE, RECORD, FIELD] = ['t', 'r', 't.f']

const placeOf = (sequence: number) => ({ sequence, version: sequence })

export const contender: Contender = {
  author(startContent) {
    const sequence = createSequence<string>('')
    const log = createByteList()
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
      const update = stream.write({ [TABLE]: { [RECORD]: { [FIELD]: { operations } } } }, placeOf(++edits))
      log.push(update)
      return update
    }
    const beginning = startContent === '' ? [] : [edit([[0, 0, startContent]])]
    return { beginning, edit, text: () => sequence.content(), snapshot: log.finish }
  },
  follower: follow,
  load(snapshot) {
    const { apply, text } = follow()
    for (const update of readByteList(snapshot)) apply(update)
    return text
  },
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
