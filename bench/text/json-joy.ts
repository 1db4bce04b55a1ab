/**
 * json-joy, up to version 17: later ones have a licence (AGPL) that we do not take.
 */
import { Model } from 'json-joy/lib/json-crdt/index.js'
import { Patch as Operations } from 'json-joy/lib/json-crdt-patch/index.js'
import type { Contender } from './contender.ts'

/** Session ids below 65536 are reserved. */
const [AUTHOR, FOLLOWER] = [70_001, 70_002]

export const contender: Contender = {
  author(startContent) {
    const model = Model.create(undefined, AUTHOR)
    model.api.set(startContent)
    const beginning = [model.api.flush().toBinary()]
    const text = model.api.str([])
    return {
      beginning,
      edit(patches) {
        for (const [at, remove, insert] of patches) {
          if (remove > 0) text.del(at, remove)
          if (insert !== '') text.ins(at, insert)
        }
        return model.api.flush().toBinary()
      },
      text: () => text.view(),
      snapshot: () => model.toBinary(),
    }
  },
  follower() {
    const model = Model.create(undefined, FOLLOWER)
    return {
      apply: update => model.applyPatch(Operations.fromBinary(update)),
      text: () => String(model.view()),
    }
  },
  load(snapshot) {
    const model = Model.fromBinary(snapshot)
    return {
      text: () => String(model.view()),
      edit([at, remove, insert]) {
        const text = model.api.str([])
        if (remove > 0) text.del(at, remove)
        text.ins(at, insert)
        model.api.flush()
      },
    }
  },
}
