/**
 * Loro, in WebAssembly: updates as it hands out local ones, at each commit.
 */
import { LoroDoc } from 'loro-crdt'
import type { Contender } from './contender.ts'
import type { Patch } from './trace.ts'

const TEXT = 'text'

export const contender: Contender = {
  author(startContent) {
    const doc = new LoroDoc()
    doc.setPeerId('1')
    const text = doc.getText(TEXT)
    let update: Uint8Array = new Uint8Array(0)
    doc.subscribeLocalUpdates(bytes => {
      update = bytes
    })
    const edit = (patches: readonly Patch[]) => {
      for (const [at, remove, insert] of patches) {
        if (remove > 0) text.delete(at, remove)
        if (insert !== '') text.insert(at, insert)
      }
      doc.commit()
      return update
    }
    const beginning = startContent === '' ? [] : [edit([[0, 0, startContent]])]
    return { beginning, edit, text: () => text.toString(), snapshot: () => doc.export({ mode: 'snapshot' }) }
  },
  follower() {
    const doc = new LoroDoc()
    return {
      apply: update => void doc.import(update),
      text: () => doc.getText(TEXT).toString(),
    }
  },
  load(snapshot) {
    const doc = LoroDoc.fromSnapshot(snapshot)
    const text = doc.getText(TEXT)
    return {
      text: () => text.toString(),
      edit([at, remove, insert]) {
        if (remove > 0) text.delete(at, remove)
        text.insert(at, insert)
        doc.commit()
      },
    }
  },
}
