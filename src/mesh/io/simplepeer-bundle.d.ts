/**
 * What we use of simple-peer, from its self-contained bundle: the package's main entry needs Node's globals, and
 * builders should need no alias.
 */
declare module 'simple-peer/simplepeer.min.js' {
  interface PeerOptions {
    readonly initiator: boolean
    readonly trickle: boolean
    readonly config: RTCConfiguration
  }

  interface PeerEvents {
    readonly signal: (signal: unknown) => void
    readonly connect: () => void
    readonly data: (chunk: Uint8Array<ArrayBuffer>) => void
    readonly iceStateChange: (connection: RTCIceConnectionState) => void
    readonly error: (error: Error & { readonly code?: string }) => void
    readonly close: () => void
  }

  interface Peer {
    readonly destroyed: boolean
    readonly destroying: boolean
    /** The data channel, from `connect` to the end. Not documented, and the only way to its buffer. */
    readonly _channel: RTCDataChannel | null
    offerOptions: RTCOfferOptions
    on<Name extends keyof PeerEvents>(name: Name, listener: PeerEvents[Name]): void
    signal(signal: { readonly type: string }): void
    send(chunk: Uint8Array<ArrayBuffer>): void
    negotiate(): void
    /** Ends after what is queued has gone. */
    end(): void
    /** Ends at once. */
    destroy(): void
  }

  const Peer: new (options: PeerOptions) => Peer

  export = Peer
}
