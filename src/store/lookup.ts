/**
 * Drafts of records: objects whose properties are found when they are asked for. The shape of a table's is made once, because
 * somebody gets one at each keystroke.
 */
export type RecordLookup = new (id: string) => { readonly id: string }

/**
 * @param names - of the properties
 * @param find - gives a property's value, each time it is read
 */
export function createRecordLookup(
  names: readonly string[],
  find: (id: string, name: string) => unknown,
): RecordLookup {
  class Lookup {
    readonly id: string

    constructor(id: string) {
      this.id = id
    }
  }
  for (const name of names) {
    Object.defineProperty(Lookup.prototype, name, {
      enumerable: true,
      get(this: Lookup) {
        return find(this.id, name)
      },
    })
  }
  return Lookup
}
