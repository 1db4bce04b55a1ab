/**
 * Our sequence alone, with the patch codec: no store, no log, no sync.
 *
 * Names are as short as names can be; the author and the clock of an update follow from its place, as they do from a
 * frame's. There is no snapshot yet: what is loaded is all updates.
 */
import type { Bytes } from '../../src/base/bytes.ts'
import { decodeWith } from '../../src/protocol/codec.ts'
import { encodePatch, insertedElements, type Operation, type TextPatch } from '../../src/protocol/patch.ts'
import { readPatch } from '../../src/protocol/patch-reader.ts'
import { createSequence } from '../../src/store/sequence.ts'
import { createByteList, readByteList } from './byte-list.ts'
import type { Contender, Follower } from './contender.ts'
import type { Patch } from './trace.ts'

const AUTHOR = 1
const [TABLE, RECORD, FIELD] = ['t', 'r', 't.f']

export const contender: Contender = {
  author(startContent) {
    const sequence = createSequence<string>('')
    const log = createByteList()
    let clock = 0
    const edit = (patches: readonly Patch[]): Bytes => {
      const operations: Operation<string>[] = []
      for (const [at, remove, insert] of patches) {
        if (remove > 0) operations.push(sequence.removeAt(at, remove).operation)
        if (insert === '') continue
        operations.push(sequence.insertAt(at, insert, { store: AUTHOR, clock }))
        clock += insert.length
      }
      const update = encodePatch({ [TABLE]: { [RECORD]: { [FIELD]: { operations } } } }, AUTHOR)
      log.push(update)
      return update
    }
    const beginning = startContent === '' ? [] : [edit([[0, 0, startContent]])]
    return { beginning, edit, text: sequence.content, snapshot: log.finish }
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
  let clock = 0
  return {
    apply(update) {
      const decoded = decodeWith(update, reader => readPatch(reader, { store: AUTHOR, version: 1, clock }))
      if (!decoded.ok) throw new Error(`An update was refused: ${decoded.code}.`)
      clock += insertedElements(decoded.value)
      const patch = decoded.value[TABLE]?.[RECORD]?.[FIELD] as TextPatch
      for (const operation of patch.operations) sequence.apply(operation)
    },
    text: sequence.content,
  }
}
