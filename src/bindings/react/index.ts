/** `supermesh/react`: rooms, tables and texts as hooks, for React 18 and 19. */
export { useObservable } from './observable.ts'
export { useOpened } from './opened.ts'
export {
  RoomProvider,
  type RoomProviderProps,
  useMe,
  useOthers,
  usePeople,
  usePresence,
  useRight,
  useRoom,
  useStatus,
  useUndo,
} from './room-context.ts'
export { useGetOrCreate, useIds, useQuery, useRecord } from './tables.ts'
export { type TextFieldOptions, useText, useTextField } from './text.ts'
