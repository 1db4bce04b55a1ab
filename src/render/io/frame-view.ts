/**
 * An output that needs scripts, run in a closed frame: an opaque origin, a policy that reaches nothing, no way out.
 *
 * The frame's document is the static file `output-frame.html` of the same build. The page must allow `frame-src 'self'`
 * and nothing wider: that is what keeps a frame from walking off to another site with what it was shown.
 */
import { readFrameMessage } from '../frame-message.ts'

export interface FrameView {
  readonly element: HTMLElement
  dispose(): void
}

/** Where bundlers put the frame's document; a builder whose tool does not understand this passes an own address. */
export function defaultFrameUrl(): string {
  return new URL('./output-frame.html', import.meta.url).href
}

export function createFrameView(html: string, frameUrl: string): FrameView {
  const element = document.createElement('div')
  element.className = 'sm-frame'
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.setAttribute('referrerpolicy', 'no-referrer')
  frame.title = 'Output with scripts'
  frame.src = frameUrl
  element.append(frame)

  let handedOver = false
  const missing = new Set<string>()

  const hear = (event: MessageEvent<unknown>) => {
    if (event.source === null || event.source !== frame.contentWindow || event.origin !== 'null') return
    const message = readFrameMessage(event.data)
    if (message?.type === 'ready' && !handedOver) {
      // An opaque origin has no name to send to. Only once: a later "ready" may come from another document.
      handedOver = true
      frame.contentWindow?.postMessage({ type: 'show', html }, '*')
    } else if (message?.type === 'height') frame.style.height = `${message.height}px`
    else if (message?.type === 'blocked') tellMissing(message.host)
  }

  const tellMissing = (host: string) => {
    if (missing.size > 0) return
    missing.add(host)
    const sentence = document.createElement('p')
    sentence.className = 'sm-notice'
    sentence.textContent = `This output asked for files from ${host}, which this page does not load. Parts of it may be missing; save it with its files included to see them.`
    element.append(sentence)
  }

  window.addEventListener('message', hear)
  return {
    element,
    dispose() {
      window.removeEventListener('message', hear)
      element.remove()
    },
  }
}
