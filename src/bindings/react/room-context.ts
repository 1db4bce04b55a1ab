/**
 * The room of a tree of components, and what can be asked of it as a whole.
 */
import { createContext, createElement, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react'
import { equalBytes } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import type { Right } from '../../protocol/right.ts'
import type { Me, Participant, Room, RoomStatus } from '../../room/room.ts'
import type { UndoManager, UndoOptions, UndoState } from '../../room/undo.ts'
import type { PresenceOf, Schema } from '../../store/schema.ts'
import { useObservable } from './observable.ts'
import { useSelection } from './selection.ts'

const RoomContext = createContext<Room | null>(null)

export interface RoomProviderProps<S extends Schema> {
  readonly room: Room<S>
  readonly children?: ReactNode
}

/**
 * Gives a room to everything inside. When another object of the same room takes its place, as on a hot reload of the module
 * that opens it, the one before is ended, so that the others see one page and not two.
 */
export function RoomProvider<S extends Schema>({ room, children }: RoomProviderProps<S>): ReactNode {
  const shown = useRef(room)
  useEffect(() => {
    const before = shown.current
    shown.current = room
    if (before !== room && equalBytes(before.link.room, room.link.room)) before.dispose()
  }, [room])
  return createElement(RoomContext.Provider, { value: room as unknown as Room }, children)
}

/**
 * The room around, with the types of `schema`.
 * @throws SupermeshError `no-room` outside a {@link RoomProvider}; `other-schema` when the room has another schema
 */
export function useRoom<S extends Schema>(schema: S): Room<S> {
  return useRoomOf(schema.id) as unknown as Room<S>
}

/** @param schema - the id of the schema that the caller counts on */
export function useRoomOf(schema: string): Room {
  const room = useAnyRoom()
  if (room.schema.id !== schema) {
    throw new SupermeshError('other-schema', `The room has the schema ${room.schema.id}, not ${schema}.`, {
      room: room.schema.id,
      asked: schema,
    })
  }
  return room
}

/** Connection, storage and problems, in a form to be shown. */
export function useStatus(): RoomStatus {
  return useObservable(useAnyRoom().status)
}

/** `null` until the room is open. */
export function useMe(): Me | null {
  return useObservable(useAnyRoom().me)
}

/** Whether the link in hand lets this page do so. */
export function useRight(right: Right): boolean {
  const { me } = useAnyRoom()
  // The device may hold a stronger link, which is known when the room is open.
  useObservable(me)
  return me.can(right)
}

/** Everybody here, the own person first. */
export function usePeople(): readonly Participant[] {
  return useObservable(useAnyRoom().people)
}

/**
 * What `select` makes of each of the others, without those of whom it makes nothing (`null` or `undefined`):
 * `useOthers(board, person => person.presence.caret)`. Rendered again only when one of the answers is another.
 */
export function useOthers<S extends Schema, R>(
  schema: S,
  select: (person: Participant<PresenceOf<S['presence']>>) => R,
): readonly NonNullable<R>[] {
  const { people } = useRoom(schema)
  return useSelection(people, () =>
    people
      .getSnapshot()
      .filter(({ self }) => !self)
      .map(select)
      .filter(answer => answer !== null && answer !== undefined),
  )
}

/** What this page says of itself, and how to say it. */
export function usePresence<S extends Schema>(
  schema: S,
): readonly [PresenceOf<S['presence']>, (fields: Partial<PresenceOf<S['presence']>>) => void] {
  const { presence } = useRoom(schema)
  return [useObservable(presence), presence.set]
}

/** Undo and redo of what the own person did, with what they would do now. */
export function useUndo<S extends Schema>(
  schema: S,
  options?: UndoOptions<S>,
): UndoState & Pick<UndoManager, 'undo' | 'redo'> {
  const room = useRoom(schema)
  const scope = JSON.stringify(options ?? {})
  // biome-ignore lint/correctness/useExhaustiveDependencies: options that say the same are the same
  const manager = useMemo(() => room.undoManager(options), [room, scope])
  return { ...useObservable(manager), undo: manager.undo, redo: manager.redo }
}

/** `null` outside a {@link RoomProvider}. */
export function useSurroundingRoom(): Room | null {
  return useContext(RoomContext)
}

export function useAnyRoom(): Room {
  const room = useSurroundingRoom()
  if (!room) throw new SupermeshError('no-room', 'Put a <RoomProvider room={room}> around this component.')
  return room
}
