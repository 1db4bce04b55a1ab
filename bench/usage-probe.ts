/**
 * Loaded before a measured server (`node --import`): answers its parent with what the process used so far.
 */
export interface Usage {
  /** Microseconds of user and system time. */
  readonly cpu: number
  /** Resident bytes, after a collection where the process allows one. */
  readonly resident: number
}

process.on('message', question => {
  if (question !== 'usage') return
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system, resident: process.memoryUsage.rss() } satisfies Usage)
})
