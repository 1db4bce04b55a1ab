/**
 * Whose an edit is: store ids to authors, and authors to persons, as introductions tell. And how an edit is named.
 */
import { toHex } from '../base/bytes.ts'
import type { StoreEditId } from '../store/store.ts'
import type { IntroducedAuthor } from './replica.ts'
import type { EditId } from './room.ts'

interface KnownAuthor {
  readonly id: string
  readonly person: string | null
}

export interface Authors {
  introduce(author: IntroducedAuthor): void
  /** The person who writes as `store`; `null` when that is not known. */
  personOf(store: number): string | null
  /** The name of an edit whose author was introduced: every author's first entry does that. */
  editId(edit: StoreEditId): EditId
  /** The edit of that name; `null` when its author was not introduced. */
  editOf(id: EditId): StoreEditId | null
}

/** @param personIn - the person whom a genuine introduction names; `null` when it cannot be read */
export function createAuthors(personIn: (introduction: IntroducedAuthor['introduction']) => string | null): Authors {
  const known = new Map<number, KnownAuthor>()
  const stores = new Map<string, number>()
  return {
    introduce({ author, store, introduction }) {
      const id = toHex(author)
      known.set(store, { id, person: personIn(introduction) })
      stores.set(id, store)
    },
    personOf: store => known.get(store)?.person ?? null,
    editId: ({ store, sequence }) => `${known.get(store)?.id}.${sequence}` as EditId,
    editOf(name) {
      const [, id = '', sequence = ''] = /^([0-9a-f]{32})\.([1-9]\d*)$/.exec(typeof name === 'string' ? name : '') ?? []
      const store = stores.get(id)
      return store === undefined ? null : { store, sequence: Number(sequence) }
    },
  }
}
