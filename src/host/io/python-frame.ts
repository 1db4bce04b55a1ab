/**
 * The sandbox of embedded Python: a hidden frame of an origin of its own, and the one port that leads into it.
 *
 * In a worker of the page's origin, guests' Python could list the page's databases and speak on its channels. In here it
 * has no storage, hears nobody and is heard by nobody, except through this port.
 */
import { createScope } from '../../base/scope.ts'
import { frameDocument } from '../frame-policy.ts'
import { type GuestMessage, type GuestRefusal, outputLength, readGuestMessage } from '../guest-message.ts'
import frameProgram from './python/frame.js?raw'
import type { PythonFiles } from './python-files.ts'

export type FrameRequest =
  | {
      readonly type: 'execute'
      readonly id: number
      readonly source: string
      readonly silent: boolean
      readonly storeHistory: boolean
    }
  | { readonly type: 'complete' | 'inspect'; readonly id: number; readonly source: string; readonly cursor: number }
  | { readonly type: 'interrupt'; readonly id: number }
  | { readonly type: 'input'; readonly value: string }
  /** So many characters of output have been taken in. */
  | { readonly type: 'heard'; readonly length: number }

export interface PythonFrame {
  post(request: FrameRequest): void
  /** Ends the worker at once, whatever it does. Idempotent. */
  dispose(): void
}

/** `refused` hears of each message that was no message. */
export interface FrameListener {
  heard(message: GuestMessage): void
  refused(reason: GuestRefusal['refused']): void
}

/** @param sites origins that Python may fetch from */
export function openPythonFrame(python: PythonFiles, sites: readonly string[], listener: FrameListener): PythonFrame {
  const scope = createScope()
  const { port1, port2 } = new MessageChannel()
  scope.add(() => port1.close())
  port1.onmessage = event => {
    const message = readGuestMessage(event.data)
    if ('refused' in message) listener.refused(message.refused)
    else listener.heard(message)
    port1.postMessage({ type: 'heard', length: outputLength(event.data) } satisfies FrameRequest)
  }
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.title = 'Python'
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.setAttribute('allow', 'cross-origin-isolated')
  frame.srcdoc = frameDocument(frameProgram, sites)
  const onHello = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || event.data !== 'supermesh-kernel-frame') return
    window.removeEventListener('message', onHello)
    // An opaque origin cannot be named; that it is our frame was checked above.
    frame.contentWindow?.postMessage({ program: python.program, files: python.files }, '*', [port2])
  }
  window.addEventListener('message', onHello)
  scope.add(() => window.removeEventListener('message', onHello))
  document.body.append(frame)
  scope.add(() => frame.remove())
  return { post: request => port1.postMessage(request), dispose: scope.dispose }
}
