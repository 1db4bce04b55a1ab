/**
 * Drafts of records: objects whose properties are found when they are asked for. The shape of a table's is made once, because
 * somebody gets one at each keystroke.
 */
import { SupermeshError } from '../base/error.ts'
import { strictPrototype } from '../base/strict-prototype.ts'

export type RecordLookup = new (id: string) => { readonly id: string }

/**
 * @param names - of the properties
 * @param find - gives a property's value, each time it is read
 * @param refuse - what is thrown for another name
 */
export function createRecordLookup(
  names: readonly string[],
  find: (id: string, name: string) => unknown,
  refuse: (name: string) => SupermeshError,
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
      set() {
        const sentence = `"${name}" cannot be assigned to: give values to update(), and change texts, lists and maps by their methods.`
        throw new SupermeshError('value-frozen', sentence, { field: name })
      },
    })
  }
  Object.setPrototypeOf(Lookup.prototype, strictPrototype(refuse))
  return Lookup
}
