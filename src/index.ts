/** `supermesh`: rooms, links and people. */
export { SupermeshError } from './base/error.ts'
export type { Observable, Subscribable, Unsubscribe } from './base/subscribe.ts'
export {
  type Device,
  formatLink,
  type Link,
  newLink,
  openDevice,
  parseLink,
  type RecentRoom,
  type Right,
  weakenLink,
} from './rights/index.ts'
export { openRoom, type RoomOptions } from './room/io/open-room.ts'
export type { Channel, Me, Participant, Peer, Presence, Problem, Room, RoomStatus, TraceEvent } from './room/room.ts'
export type { ListValue, TextValue } from './store/record.ts'
export type { EditId, StoreChange } from './store/store.ts'
export type { Anchor, AnchorSide } from './store/text-view.ts'
