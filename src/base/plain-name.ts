/**
 * Names that people chose, made fit to stand in a line of the page's own text.
 *
 * Direction controls can reverse the words around a name ("owner" next to a stranger), and control characters can break
 * the line; both are removed. Joiners stay, because emoji and several scripts need them.
 */

/** The bidirectional controls of Unicode (UAX #9), and everything that is a control, a line or a paragraph separator. */
const unfit = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Cc}\u2028\u2029]/gu

/** `name` without direction and control characters; still plain text, to be inserted as `textContent`. */
export function stripBidi(name: string): string {
  return name.replace(unfit, '')
}
