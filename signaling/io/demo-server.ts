/**
 * The demo's server: built pages and the signaling relay on one port, so that one address is all that people share.
 */
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { SupermeshError } from '../../src/base/error.ts'
import type { RelayLimits } from '../relay.ts'
import { SIGNALING_PATH } from '../signaling-path.ts'
import { attachRelay } from './attach-relay.ts'
import { withHealth } from './health.ts'
import { authority, type Endpoint, listen, stopListening } from './listening.ts'
import { serveFolder } from './static-files.ts'

export interface DemoServerOptions extends Endpoint {
  /** The folder of built pages. */
  readonly root: string
  readonly limits?: RelayLimits
}

export interface DemoServer {
  /** `http://host:port/`, as this machine reaches it. */
  readonly url: string
  /** `ws://host:port/signaling`. */
  readonly signalingUrl: string
  readonly host: string
  readonly port: number
  /** Stops listening and closes every connection. Idempotent. */
  dispose(): Promise<void>
}

/** @throws SupermeshError `pages-missing`, and as {@link listen} */
export async function openDemoServer({ host, port, root, limits }: DemoServerOptions): Promise<DemoServer> {
  const isFolder = await stat(root).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) {
    throw new SupermeshError('pages-missing', `There are no built pages in ${root}. Run "npm run build" first.`, {
      root,
    })
  }
  const server = createServer()
  const serve = await serveFolder(root)
  const relay = attachRelay(server, { path: SIGNALING_PATH, ...(limits === undefined ? {} : { limits }) })
  server.on('request', withHealth(relay, serve))
  let ending: Promise<unknown> | null = null
  const dispose = async () => {
    ending ??= Promise.all([stopListening(server), relay.dispose()])
    await ending
  }
  try {
    const opened = await listen(server, { host, port })
    const at = authority({ host, port: opened })
    return { url: `http://${at}/`, signalingUrl: `ws://${at}${SIGNALING_PATH}`, host, port: opened, dispose }
  } catch (error) {
    await relay.dispose()
    throw error
  }
}
