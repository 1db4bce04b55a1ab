/**
 * What the frame around Python may do, and what a page with a policy of its own must allow for it.
 *
 * A `srcdoc` frame is bound by the page's Content-Security-Policy as well as by its own, so both lists are here, side by
 * side, in one place. Nothing is fetched from inside: the page hands the bytes in.
 */

/** Of `io/python/frame.js`, the one inline script; a test holds the two together. */
export const FRAME_SCRIPT_HASH = "'sha256-2w5AAmlfdJqXcuLArCCQ6kjayIOyVrHKEPAExZnAbQA='"

/** What to add to the policy of a page that opens embedded Python. */
export const EMBEDDED_PYTHON_PAGE_POLICY = {
  'script-src': [FRAME_SCRIPT_HASH, "'wasm-unsafe-eval'"],
  'worker-src': ['blob:'],
} as const

/** @param sites origins that Python's own code may fetch from; none at all unless the page says so */
export function framePolicy(sites: readonly string[]): string {
  const connect = sites.length === 0 ? "'none'" : sites.map(site => new URL(site).origin).join(' ')
  return [
    "default-src 'none'",
    `script-src ${FRAME_SCRIPT_HASH} 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `connect-src ${connect}`,
  ].join('; ')
}

/** The frame's document: its policy, and its program. */
export function frameDocument(program: string, sites: readonly string[]): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="${framePolicy(sites)}">`
  return `<!doctype html>${policy}<script>${program}</script>`
}
