/**
 * Whether a piece of HTML does what its author meant only when scripts run.
 *
 * This chooses between two doors that are both safe (sanitised in the page, or whole in a closed frame), so a wrong guess
 * costs looks and never safety. It must never be used to decide that something is harmless.
 */

/** Scripts that are data to their page, such as JSON and templates, do not count. */
const runnableScript =
  /<script(?![^<>]*\btype\s*=\s*["']?(?:application\/(?:ld\+)?json|text\/(?:template|x-template|html))\b)/i
const eventHandler = /<[a-z][^<>]*[\s"'/]on[a-z]{3,}\s*=/i
const embeddedDocument = /<(?:iframe|object|embed|canvas)\b/i

export function needsScripts(html: string): boolean {
  return runnableScript.test(html) || eventHandler.test(html) || embeddedDocument.test(html)
}
