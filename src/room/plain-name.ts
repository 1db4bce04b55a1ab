/**
 * Names from strangers as plain text: without controls, line breaks and the marks that turn the direction of a line.
 */
export function stripControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
}
