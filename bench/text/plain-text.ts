/**
 * A text without any sharing: what a trace has to end in, and where its places are in UTF-16.
 *
 * Kept in two halves around a caret, because an edit beside the last one then costs nothing, and that is where people
 * type: traces have hundreds of thousands of edits.
 */
export interface PlainText {
  readonly length: number
  /** In the text's own elements. Returns the same place and length in UTF-16 units. */
  splice(at: number, remove: number, insert: string): { readonly at: number; readonly remove: number }
  toString(): string
}

/** @param split - makes the elements that places count: UTF-16 units or code points */
export function createPlainText(content: string, split: (text: string) => string[]): PlainText {
  const before: string[] = []
  const after = split(content).reverse()
  let unitsBefore = 0

  function moveTo(at: number): void {
    while (before.length < at) {
      const element = after.pop()
      if (element === undefined) throw new RangeError(`There is no place ${at} in ${before.length} elements.`)
      before.push(element)
      unitsBefore += element.length
    }
    while (before.length > at) {
      const element = before.pop() ?? ''
      after.push(element)
      unitsBefore -= element.length
    }
  }

  return {
    get length() {
      return before.length + after.length
    },
    splice(at, remove, insert) {
      moveTo(at)
      const place = unitsBefore
      if (remove > after.length) throw new RangeError(`Cannot remove ${remove} of ${after.length} elements.`)
      const removed = remove === 0 ? [] : after.splice(-remove)
      for (const element of split(insert)) before.push(element)
      unitsBefore += insert.length
      return { at: place, remove: removed.join('').length }
    },
    toString: () => before.join('') + after.toReversed().join(''),
  }
}

export const units = (text: string): string[] => text.split('')
export const codePoints = (text: string): string[] => Array.from(text)
