/**
 * The room of a tree of components, and what can be asked of it as a whole.
 */
import { createContext, createElement, type ReactNode, useContext } from 'react'
import { SupermeshError } from '../../base/error.ts'
import type { Me, Participant, Room, RoomStatus } from '../../room/room.ts'
import type { Schema, Tables } from '../../store/schema.ts'
import { useObservable } from './observable.ts'

type AnyRoom = Pick<Room<Tables>, 'schema' | 'status' | 'people' | 'me'>

const RoomContext = createContext<AnyRoom | null>(null)

export interface RoomProviderProps<T extends Tables> {
  readonly room: Room<T>
  readonly children?: ReactNode
}

export function RoomProvider<T extends Tables>({ room, children }: RoomProviderProps<T>): ReactNode {
  return createElement(RoomContext.Provider, { value: room }, children)
}

/**
 * The room around, with the types of `schema`.
 * @throws SupermeshError `no-room` outside a {@link RoomProvider}; `other-schema` when the room has another schema
 */
export function useRoom<T extends Tables>(schema: Schema<T>): Room<T> {
  const room = useAnyRoom()
  if (room.schema.id !== schema.id) {
    throw new SupermeshError('other-schema', `The room has the schema ${room.schema.id}, not ${schema.id}.`, {
      room: room.schema.id,
      asked: schema.id,
    })
  }
  return room as Room<T>
}

/** Connection, storage and problems, in a form to be shown. */
export function useStatus(): RoomStatus {
  return useObservable(useAnyRoom().status)
}

/** Everybody here, the own person first. */
export function usePeople(): readonly Participant[] {
  return useObservable(useAnyRoom().people)
}

/** `null` until the room is open. */
export function useMe(): Me | null {
  return useObservable(useAnyRoom().me)
}

function useAnyRoom(): AnyRoom {
  const room = useContext(RoomContext)
  if (!room) throw new SupermeshError('no-room', 'Put a <RoomProvider room={room}> around this component.')
  return room
}
