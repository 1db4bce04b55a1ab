/**
 * Keeping what is kept: browsers clear away what sites have stored when the disk gets full, unless they were asked not to.
 */
let asked = false

/** Asks the browser, once for each page load, and never the person. */
export async function askToPersist(): Promise<void> {
  const { storage, userAgent } = globalThis.navigator ?? {}
  // Firefox would put the question to somebody who has done nothing that explains it.
  if (asked || !storage?.persist || userAgent.includes('Firefox')) return
  asked = true
  try {
    if (!(await storage.persisted())) await storage.persist()
  } catch {
    // Then it is as it was.
  }
}
