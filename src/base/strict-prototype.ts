/**
 * Objects on which a name that they do not have is a mistake with a code, for callers without types.
 */
import type { SupermeshError } from './error.ts'

/** What languages and tools ask of any object. */
const ASKED_OF_ANY = new Set(['then', 'toJSON', 'nodeType', '$$typeof', 'asymmetricMatch'])

/** @param refuse - what is thrown for a name that is read or written and is not there */
export function strictPrototype(refuse: (name: string) => SupermeshError): object {
  const isKnown = (name: string | symbol) =>
    typeof name === 'symbol' || name in Object.prototype || ASKED_OF_ANY.has(name)
  return new Proxy(Object.prototype, {
    get(target, name, receiver) {
      if (isKnown(name)) return Reflect.get(target, name, receiver)
      throw refuse(name as string)
    },
    set(_target, name) {
      throw refuse(String(name))
    },
  })
}
