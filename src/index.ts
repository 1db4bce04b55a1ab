/** `supermesh`: rooms, links and people. */
export { type ErrorDetails, SupermeshError } from './base/error.ts'
export type { Observable, Subscribable, Unsubscribe } from './base/subscribe.ts'
export { LIMITS } from './limits.ts'
export type {
  CloseReason,
  MeshEvent,
  MeshProblem,
  MeshStatus,
  SendFailure,
  SendOptions,
  SendOutcome,
  SignalingStatus,
  Transport,
} from './mesh/mesh.ts'
export type { JsonValue } from './protocol/patch.ts'
export type { Right } from './protocol/right.ts'
export {
  type Device,
  formatLink,
  type Link,
  type LinkProblem,
  type NewLinkOptions,
  newLink,
  openDevice,
  type ParsedLink,
  parseLink,
  type RecentRoom,
  weakenLink,
} from './rights/index.ts'
export { forgetRoom } from './room/io/forget-room.ts'
export { openLocalStore } from './room/io/local-store.ts'
export { openRoom, type RoomOptions, type TransportContext } from './room/io/open-room.ts'
export type { BlobId, Blobs, Job, Jobs } from './room/not-yet.ts'
export type { Problem, ProblemCode } from './room/problems.ts'
export type {
  Channel,
  ChannelMessage,
  Edit,
  EditId,
  Invitation,
  Me,
  OwnIdentity,
  OwnPresence,
  Participant,
  Peer,
  Refusal,
  Room,
  RoomChange,
  RoomJson,
  RoomStatus,
  SharedDocument,
  TraceEvent,
  TransactOptions,
} from './room/room.ts'
export type { UndoManager, UndoOptions, UndoState } from './room/undo.ts'
export type { ListValue, SequenceChange, TextEdit, TextValue } from './store/record.ts'
export type { Splice } from './store/sequence.ts'
export type { Anchor, AnchorSide } from './store/text-view.ts'
export type { Keeper, Kept, KeptFrame, KeptSnapshot } from './sync/keeper.ts'
