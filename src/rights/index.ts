/**
 * Rights: links, the keys that follow from them, who an author is, and whether a signature holds. What the floors above
 * may use; the rest of this folder is its own business.
 */
export { authorIdOf, authorOf, storeIdOf } from './author.ts'
export {
  type Device,
  type OpenDeviceOptions,
  openDevice,
  openPerson,
  type Person,
  type RecentRoom,
} from './io/device.ts'
export { openEnvelope, type SecureContext, sealEnvelope, secureContext } from './io/envelope.ts'
export { type NewLinkOptions, newLink } from './io/new-link.ts'
export {
  CERTIFICATE_LIFETIME_MS,
  type OpenSessionOptions,
  openSession,
  type SealToVerify,
  type Session,
  verifyCertificate,
  verifyIntroduction,
  verifySeal,
} from './io/session.ts'
export { areKeysOf, type RoomKeys } from './ladder.ts'
export { type Link, leadsTo, linkFrom, requireLink, strongerLink, weakenLink } from './link.ts'
export { formatLink, type LinkProblem, type ParsedLink, parseLink } from './link-text.ts'
export { type Credentials, credentialsOf } from './secrets.ts'
export { HINTS_MAX } from './signaling-hint.ts'
