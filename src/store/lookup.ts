/**
 * Objects whose properties are found when they are asked for. Their shape is made once: there is a transaction and a draft of
 * a record at each keystroke, and most of what they could show is never looked at.
 */
const FIND = Symbol('find')

interface Finding {
  readonly [FIND]: (name: string) => unknown
}

/**
 * @param names - of the properties
 * @returns makes an object; `find` gives a property's value, each time it is read
 */
export function createLookup(names: readonly string[]): (find: (name: string) => unknown) => object {
  const prototype = {}
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get(this: Finding) {
        return this[FIND](name)
      },
    })
  }
  return find => Object.defineProperty(Object.create(prototype) as object, FIND, { value: find })
}
