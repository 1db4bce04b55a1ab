/**
 * What two browsers tell each other to open a link: an offer, an answer, or a candidate address.
 *
 * It exists because simple-peer destroys its peer on any signal it cannot use: whatever arrives is rebuilt here from the
 * fields that we know, or refused. Must not know who sends a signal or whether it is wanted; `meeting.ts` does.
 */

export const SDP_MAX = 64 * 1024
const CANDIDATE_MAX = 1024

/** RFC 8839 §5.1: foundation, component, transport, priority, address, port, type. */
const candidateLine = /^candidate:[\w+/]{1,64} \d{1,3} \w{1,8} \d{1,10} [\w.:%-]{1,255} \d{1,5} typ \w{1,8}( [ -~]*)?$/

export type Signal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | {
      readonly type: 'candidate'
      readonly candidate: string
      readonly sdpMid: string | null
      readonly sdpMLineIndex: number | null
    }

/** The signal in `value`, rebuilt; `null` for anything that would trouble the browser. */
export function signalIn(value: unknown): Signal | null {
  if (typeof value !== 'object' || value === null) return null
  const { type, sdp, candidate, sdpMid, sdpMLineIndex } = value as Record<string, unknown>
  switch (type) {
    case 'offer':
    case 'answer':
      return isDescription(sdp) ? { type, sdp } : null
    case 'candidate':
      if (typeof candidate !== 'string' || candidate.length > CANDIDATE_MAX) return null
      // Firefox ends its candidates with an empty one.
      if (candidate !== '' && !candidateLine.test(candidate)) return null
      if (!isMid(sdpMid) || !isLineIndex(sdpMLineIndex)) return null
      if (sdpMid === null && sdpMLineIndex === null) return null
      return { type, candidate, sdpMid, sdpMLineIndex }
    default:
      return null
  }
}

/** A session description of one data channel: what we make ourselves, and all that we ever need. */
function isDescription(sdp: unknown): sdp is string {
  return (
    typeof sdp === 'string' &&
    sdp.length <= SDP_MAX &&
    sdp.startsWith('v=0\r\n') &&
    /^m=application /m.test(sdp) &&
    !/^m=(audio|video) /m.test(sdp) &&
    /^a=fingerprint:/m.test(sdp)
  )
}

function isMid(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && /^[\w+-]{0,32}$/.test(value))
}

function isLineIndex(value: unknown): value is number | null {
  return value === null || (Number.isInteger(value) && (value as number) >= 0 && (value as number) < 16)
}
