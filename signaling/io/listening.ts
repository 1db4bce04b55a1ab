/**
 * Opening and closing an HTTP server's port, with the ways in which that fails put into words.
 */
import type { Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { SupermeshError } from '../../src/base/error.ts'

export interface Endpoint {
  /** A name or an address; `0.0.0.0` and `::` mean every interface. */
  readonly host: string
  /** 0 means any free port. */
  readonly port: number
}

/** @returns the port; @throws SupermeshError `port-taken`, `port-forbidden`, `host-unknown`, `listen-failed` */
export function listen(server: Server, { host, port }: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(explain(error, { host, port }))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Stops listening and ends what is still open. */
export function stopListening(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The `host:port` of a URL that reaches `endpoint` from this machine. */
export function authority({ host, port }: Endpoint): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/** The `host:port`s that reach `endpoint` from other machines; none unless it listens on every interface. */
export function outsideAuthorities({ host, port }: Endpoint): string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => authority({ host: address, port }))
}

function explain(error: NodeJS.ErrnoException, { host, port }: Endpoint): SupermeshError {
  const details = { host, port, cause: error.code ?? error.message }
  switch (error.code) {
    case 'EADDRINUSE':
      return new SupermeshError(
        'port-taken',
        `Port ${port} on ${host} is taken by another program. Choose another port with --port, or --port 0 for any free one.`,
        details,
      )
    case 'EACCES':
      return new SupermeshError(
        'port-forbidden',
        `This user may not open port ${port}. Choose a port above 1023 with --port.`,
        details,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new SupermeshError(
        'host-unknown',
        `This machine has no address called ${host}. Use --host 127.0.0.1 for this machine only, or --host 0.0.0.0 for all its networks.`,
        details,
      )
    default:
      return new SupermeshError(
        'listen-failed',
        `Port ${port} on ${host} could not be opened (${error.code ?? error.message}). Try another one with --port.`,
        details,
      )
  }
}
