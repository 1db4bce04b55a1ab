/**
 * The stock datastore, from which ours descends: transactions as JSON, as its adapters send them.
 */
import { Datastore, type IServerAdapter, TextField } from '@lumino/datastore'
import { toUtf8 } from '../../src/base/bytes.ts'
import type { Contender } from './contender.ts'
import type { Patch } from './trace.ts'

const schema = { id: 'cells', fields: { source: new TextField() } }
const CELL = '0123456789abcdef'
const utf8 = new TextDecoder()

export const contender: Contender = {
  author(startContent) {
    let update: Uint8Array = new Uint8Array(0)
    const { store, cells, text } = open(transaction => {
      update = toUtf8(JSON.stringify(transaction))
    })
    const edit = (patches: readonly Patch[]) => {
      Datastore.withTransaction(store, () => {
        const source = patches.map(([index, remove, insert]) => ({ index, remove, text: insert }))
        cells.update({ [CELL]: { source } })
      })
      return update
    }
    return { beginning: [edit([[0, 0, startContent]])], edit, text, snapshot: () => toUtf8(store.toString()) }
  },
  follower() {
    const { adapter, text } = open(() => {})
    return {
      apply: update => adapter.onRemoteTransaction?.(JSON.parse(utf8.decode(update)) as Datastore.Transaction),
      text,
    }
  },
  load(snapshot) {
    const { store, cells, text } = open(() => {}, utf8.decode(snapshot))
    return {
      text,
      edit([index, remove, insert]) {
        Datastore.withTransaction(store, () => {
          cells.update({ [CELL]: { source: [{ index, remove, text: insert }] } })
        })
      },
    }
  },
}

function open(broadcast: (transaction: Datastore.Transaction) => void, restoreState?: string) {
  const adapter: IServerAdapter = {
    broadcast,
    undo: async () => {},
    redo: async () => {},
    onRemoteTransaction: null,
    onUndo: null,
    onRedo: null,
    isDisposed: false,
    dispose() {},
  }
  const own = { id: restoreState === undefined ? 1 : 2, schemas: [schema], adapter }
  const store = Datastore.create(restoreState === undefined ? own : { ...own, restoreState })
  const cells = store.get(schema)
  return { store, adapter, cells, text: () => cells.get(CELL)?.source ?? '' }
}
