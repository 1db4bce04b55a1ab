/**
 * Jupyter's own client, loaded when somebody hosts and not before.
 *
 * Two of its managers are replaced by silent ones: servers before 2.x lack `/api/me` and `/api/events`, and nothing here
 * needs them. The only file that makes a `ServiceManager`.
 */
import type { Event, ServerConnection, ServiceManager, User } from '@jupyterlab/services'
import { SupermeshError } from '../../base/error.ts'

export type Services = typeof import('@jupyterlab/services')

/** Resolves when it has asked the server for its kernels and kernel specs, whatever the answers were. */
export async function openServices(settings: Partial<ServerConnection.ISettings>): Promise<ServiceManager> {
  const services = await loadServices()
  const serverSettings = services.ServerConnection.makeSettings(settings)
  const manager = new services.ServiceManager({
    serverSettings,
    standby: 'when-hidden',
    events: silentEvents(serverSettings),
    user: silentUser(serverSettings),
  })
  await manager.ready
  return manager
}

/** The manager's own `dispose` leaves two of its parts asking the server every ten seconds, for ever. */
export function closeServices(manager: ServiceManager): void {
  manager.kernels.dispose()
  manager.kernelspecs.dispose()
  manager.dispose()
}

/** CommonJS inside: bundlers put it at `default`, or not. */
export async function loadServices(): Promise<Services> {
  const module: Services & { default?: Services } = await import('@jupyterlab/services').catch(error => {
    // It is an optional peer: a page that never hosts does without.
    throw new SupermeshError('peer-missing', 'To run code, install @jupyterlab/services beside supermesh.', {
      package: '@jupyterlab/services',
      cause: String(error),
    })
  })
  return module.ServiceManager === undefined && module.default !== undefined ? module.default : module
}

const silentSignal = { connect: () => true, disconnect: () => true }

function silentEvents(serverSettings: ServerConnection.ISettings): Event.IManager {
  const manager = { serverSettings, isDisposed: false, stream: silentSignal, emit: async () => {}, dispose: () => {} }
  return manager as unknown as Event.IManager
}

function silentUser(serverSettings: ServerConnection.ISettings): User.IManager {
  const manager = {
    serverSettings,
    isDisposed: false,
    isReady: true,
    ready: Promise.resolve(),
    identity: null,
    permissions: null,
    userChanged: silentSignal,
    connectionFailure: silentSignal,
    disposed: silentSignal,
    refreshUser: async () => {},
    dispose: () => {},
  }
  return manager as unknown as User.IManager
}
