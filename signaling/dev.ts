/**
 * `npm run dev`: Vite's development server with the relay on the same port, under the same headers as `npm start`.
 */
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { SupermeshError } from '../src/base/error.ts'
import { attachRelay } from './io/attach-relay.ts'
import { authority } from './io/listening.ts'
import { print, runProgram } from './io/program.ts'
import { pageHeaders } from './page-headers.ts'
import { SIGNALING_PATH } from './signaling-path.ts'

const program = {
  name: 'npm run dev --',
  purpose: 'Serves the demo from its sources, reloaded as they change, and the signaling relay.',
  port: 5173,
}

await runProgram(program, async ({ host, port, portChosen }) => {
  const vite = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    server: { host, port, strictPort: portChosen, headers: { ...pageHeaders } },
  })
  const server = vite.httpServer
  if (server === null) throw new SupermeshError('no-http-server', 'Vite runs without a server of its own.')
  // Vite's own socket, for reloading, is told apart by its path.
  const relay = attachRelay(server, { path: SIGNALING_PATH, otherPaths: 'leave' })
  await vite.listen().catch((error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error)
    throw new SupermeshError('listen-failed', `${cause}. Choose another port with --port.`, { host, port })
  })
  const address = server.address()
  const opened = typeof address === 'object' && address !== null ? address.port : port
  print(`A new room: http://${authority({ host, port: opened })}/#new`)
  return {
    async dispose() {
      await Promise.all([relay.dispose(), vite.close()])
    },
  }
})
