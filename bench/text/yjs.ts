/**
 * Yjs: updates as its `update` event gives them (V1), snapshots in its smaller format (V2).
 */
import { applyUpdate, applyUpdateV2, Doc, encodeStateAsUpdateV2 } from 'yjs'
import type { Contender } from './contender.ts'
import type { Patch } from './trace.ts'

const AUTHOR = 1

export const contender: Contender = {
  author(startContent) {
    const doc = new Doc()
    doc.clientID = AUTHOR
    const text = doc.getText()
    let update: Uint8Array = new Uint8Array(0)
    doc.on('update', bytes => {
      update = bytes
    })
    const edit = (patches: readonly Patch[]) => {
      doc.transact(() => {
        for (const [at, remove, insert] of patches) {
          if (remove > 0) text.delete(at, remove)
          if (insert !== '') text.insert(at, insert)
        }
      })
      return update
    }
    const beginning = startContent === '' ? [] : [edit([[0, 0, startContent]])]
    return { beginning, edit, text: () => text.toString(), snapshot: () => encodeStateAsUpdateV2(doc) }
  },
  follower() {
    const doc = new Doc()
    const text = doc.getText()
    return { apply: update => applyUpdate(doc, update), text: () => text.toString() }
  },
  load(snapshot) {
    const doc = new Doc()
    applyUpdateV2(doc, snapshot)
    const text = doc.getText()
    return {
      text: () => text.toString(),
      edit([at, remove, insert]) {
        doc.transact(() => {
          if (remove > 0) text.delete(at, remove)
          text.insert(at, insert)
        })
      },
    }
  },
}
