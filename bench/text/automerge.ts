/**
 * Automerge, in WebAssembly: an update is the last local change.
 */
import * as Automerge from '@automerge/automerge'
import type { Contender } from './contender.ts'

interface Note {
  text: string
}

const AUTHOR = '01'.repeat(16)

export const contender: Contender = {
  author(startContent) {
    let doc = Automerge.from({ text: startContent }, AUTHOR)
    return {
      beginning: Automerge.getAllChanges(doc),
      edit(patches) {
        doc = Automerge.change(doc, draft => {
          for (const [at, remove, insert] of patches) Automerge.splice(draft, ['text'], at, remove, insert)
        })
        const change = Automerge.getLastLocalChange(doc)
        if (!change) throw new Error('An edit made no change.')
        return change
      },
      text: () => doc.text,
      snapshot: () => Automerge.save(doc),
    }
  },
  follower() {
    let doc = Automerge.init<Note>()
    return {
      apply(update) {
        doc = Automerge.applyChanges(doc, [update])[0]
      },
      text: () => doc.text,
    }
  },
  load(snapshot) {
    let doc = Automerge.load<Note>(snapshot)
    return {
      text: () => doc.text,
      edit([at, remove, insert]) {
        doc = Automerge.change(doc, draft => Automerge.splice(draft, ['text'], at, remove, insert))
      },
    }
  },
}
