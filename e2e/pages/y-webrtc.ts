/**
 * An unmodified y-webrtc client: `?signaling=ws://…&room=…&password=…`. Its document is read and written through `window.shared`.
 */
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'

const query = new URLSearchParams(location.search)
const document = new Y.Doc()
const text = document.getText('text')
const provider = new WebrtcProvider(query.get('room') ?? 'room', document, {
  signaling: query.getAll('signaling'),
  password: query.get('password'),
  peerOpts: { config: { iceServers: [] } },
} as unknown as ConstructorParameters<typeof WebrtcProvider>[2])

Object.assign(window, {
  shared: {
    write: (content: string) => text.insert(text.length, content),
    read: () => text.toString(),
    peers: () => provider.room?.webrtcConns.size ?? 0,
  },
})
