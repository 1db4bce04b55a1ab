/**
 * The few words that a closed frame may say to the page, and the only ones that are heard.
 *
 * Whatever runs in the frame can forge them, so each is worth no more than its effect: a height within bounds, and a note
 * that something was not loaded.
 */

export type FrameMessage =
  | { readonly type: 'ready' }
  /** CSS pixels. */
  | { readonly type: 'height'; readonly height: number }
  /** The frame's policy kept something from loading; `host` is for display. */
  | { readonly type: 'blocked'; readonly host: string }

/** CSS pixels; what is taller scrolls inside the frame. */
export const tallestFrame = 1200

/** `null` for anything else than a frame's message. */
export function readFrameMessage(data: unknown): FrameMessage | null {
  if (typeof data !== 'object' || data === null || !('type' in data)) return null
  if (data.type === 'ready') return { type: 'ready' }
  if (data.type === 'height' && 'height' in data && typeof data.height === 'number' && Number.isFinite(data.height)) {
    return { type: 'height', height: Math.min(tallestFrame, Math.max(0, Math.ceil(data.height))) }
  }
  if (
    data.type === 'blocked' &&
    'host' in data &&
    typeof data.host === 'string' &&
    /^[\w.:-]{1,100}$/.test(data.host)
  ) {
    return { type: 'blocked', host: data.host }
  }
  return null
}
