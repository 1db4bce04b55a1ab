/**
 * `npm start`: the demo, built when needed, and its relay on one port.
 */
import { fileURLToPath } from 'node:url'
import { SupermeshError } from '../src/base/error.ts'
import { buildPages } from './io/built-pages.ts'
import { type DemoServer, type DemoServerOptions, openDemoServer } from './io/demo-server.ts'
import { outsideAuthorities } from './io/listening.ts'
import { print, runProgram } from './io/program.ts'

const program = {
  name: 'npm start --',
  purpose: 'Serves the demo and the signaling relay that its rooms need for first contact.',
  port: 8080,
}
/** How many ports after the default one are tried when the user chose none. */
const NEXT_PORTS = 20

await runProgram(program, async ({ host, port, portChosen }) => {
  const root = await buildPages(fileURLToPath(new URL('..', import.meta.url)), () => print('Building the pages…'))
  const server = await openOnNextPort({ host, port, root }, portChosen ? 0 : NEXT_PORTS)
  print(`A new room: ${server.url}#new`)
  const outside = outsideAuthorities(server)
  if (outside.length > 0) {
    print(`From other devices: ${outside.map(at => `http://${at}/#new`).join(' ')}`)
    print(
      'There, browsers give a page the encryption that a room needs (WebCrypto) only over https:// or on localhost:',
    )
    print('put a proxy with https in front of this port.')
  }
  print('Ctrl-C ends it.')
  return server
})

async function openOnNextPort(options: DemoServerOptions, more: number): Promise<DemoServer> {
  try {
    return await openDemoServer(options)
  } catch (error) {
    const isTaken = error instanceof SupermeshError && error.code === 'port-taken'
    if (!isTaken || more === 0) throw error
    return openOnNextPort({ ...options, port: options.port + 1 }, more - 1)
  }
}
