/**
 * How a room reaches others. WebRTC is loaded while keys and disk are opened: a page that only imports the kit, or has a
 * transport of its own, does without.
 */
import { toUtf8 } from '../../base/bytes.ts'
import type { Transport } from '../../mesh/mesh.ts'
import { credentialsOf, type Link, openEnvelope, type Session, sealEnvelope } from '../../rights/index.ts'
import type { Schema } from '../../store/schema.ts'
import type { Opening } from '../create-room.ts'
import type { RoomOptions } from './open-room.ts'

export function transportBy<S extends Schema, R>({ transport, iceServers }: RoomOptions<S, R>) {
  const loading = transport ? null : import('../../mesh/io/open-mesh.ts')
  // Should the room fail for another reason first.
  loading?.catch(() => undefined)
  return async (link: Link, { authorId: self }: Session, { signaling, trace }: Opening<S>): Promise<Transport> => {
    const { topic, signalingKey } = credentialsOf(link)
    if (transport) return transport({ self, topic, trace })
    const { openMesh } = await (loading as NonNullable<typeof loading>)
    return openMesh({
      self,
      topic,
      signaling,
      seal: plain => sealEnvelope(signalingKey, plain, toUtf8(topic)),
      open: sealed => openEnvelope(signalingKey, sealed, toUtf8(topic)),
      ...(iceServers && { iceServers }),
      trace: entry => trace({ ...entry, type: `mesh-${entry.type}` }),
    })
  }
}
