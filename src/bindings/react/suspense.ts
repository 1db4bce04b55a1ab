/**
 * `supermesh/react/suspense`: the same hooks, for components that are shown when the room is open.
 *
 * Until then they suspend, and the nearest `<Suspense>` shows its fallback; when the room cannot be opened they throw, and
 * the nearest error boundary shows why. On a server nothing is opened: the fallback is what it renders. Whether somebody is
 * here who has the content is no reason to suspend: `useStatus` tells.
 */
import { useSyncExternalStore } from 'react'
import { SupermeshError } from '../../base/error.ts'
import type { Me, Participant, Room } from '../../room/room.ts'
import type { ReadRecord, RegistersOf, TableReader } from '../../store/record.ts'
import type { Fields, PresenceOf, Schema, SchemaTable } from '../../store/schema.ts'
import * as hooks from './index.ts'
import { useAnyRoom } from './room-context.ts'

const never = () => () => {}

function useOpenRoom(): Room {
  const room = useAnyRoom()
  const isServer = useSyncExternalStore(
    never,
    () => false,
    () => true,
  )
  if (isServer) throw new SupermeshError('client-only', 'A room is opened by a browser: this is shown there.')
  const { phase, problems } = room.status.getSnapshot()
  if (phase === 'opening') throw room.ready()
  const [problem] = problems
  if (phase === 'failed' && problem) throw new SupermeshError(problem.code, problem.sentence)
  if (phase === 'closed') throw new SupermeshError('room-disposed', 'This room has been closed.')
  return room
}

/** As `useRoom` of `supermesh/react`, once the room is open. */
export function useRoom<S extends Schema>(schema: S): Room<S> {
  useOpenRoom()
  return hooks.useRoom(schema)
}

/** Who one is, once that is known. */
export function useMe(): Me {
  const room = useOpenRoom()
  return hooks.useObservable(room.me) as Me
}

/** As `usePeople` of `supermesh/react`, once the room is open. */
export function usePeople(): readonly Participant[] {
  useOpenRoom()
  return hooks.usePeople()
}

/** As `useOthers` of `supermesh/react`, once the room is open. */
export function useOthers<S extends Schema, R>(
  schema: S,
  select: (person: Participant<PresenceOf<S['presence']>>) => R,
): readonly NonNullable<R>[] {
  useOpenRoom()
  return hooks.useOthers(schema, select)
}

/** As `useQuery` of `supermesh/react`, once the room is open. */
export function useQuery<F extends Fields>(table: SchemaTable<F>): readonly ReadRecord<F>[]
export function useQuery<F extends Fields, R>(table: SchemaTable<F>, select: (records: TableReader<F>) => R): R
export function useQuery<F extends Fields>(
  table: SchemaTable<F>,
  select: (records: TableReader<F>) => unknown = records => records.getSnapshot(),
): unknown {
  useOpenRoom()
  return hooks.useQuery(table, select)
}

/** As `useIds` of `supermesh/react`, once the room is open. */
export function useIds<F extends Fields>(table: SchemaTable<F>): readonly string[] {
  useOpenRoom()
  return hooks.useIds(table)
}

/** As `useRecord` of `supermesh/react`, once the room is open. */
export function useRecord<F extends Fields>(
  table: SchemaTable<F>,
  id: string,
): readonly [ReadRecord<F> | undefined, (values: RegistersOf<F>) => void] {
  useOpenRoom()
  return hooks.useRecord(table, id)
}
