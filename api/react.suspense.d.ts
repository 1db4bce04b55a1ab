// The public surface of supermesh/react/suspense, made by "npm run api".

import { Fields, Me, Participant, PresenceOf, ReadRecord, RegistersOf, Room, Schema, SchemaTable, TableReader } from "./shared.js";

/** As `useRoom` of `supermesh/react`, once the room is open. */
declare function useRoom<S extends Schema>(schema: S): Room<S>;

/** Who one is, once that is known. */
declare function useMe(): Me;

/** As `usePeople` of `supermesh/react`, once the room is open. */
declare function usePeople(): readonly Participant[];

/** As `useOthers` of `supermesh/react`, once the room is open. */
declare function useOthers<S extends Schema, R>(schema: S, select: (person: Participant<PresenceOf<S['presence']>>) => R): readonly NonNullable<R>[];

/** As `useQuery` of `supermesh/react`, once the room is open. */
declare function useQuery<F extends Fields>(table: SchemaTable<F>): readonly ReadRecord<F>[];

declare function useQuery<F extends Fields, R>(table: SchemaTable<F>, select: (records: TableReader<F>) => R): R;

/** As `useIds` of `supermesh/react`, once the room is open. */
declare function useIds<F extends Fields>(table: SchemaTable<F>): readonly string[];

/** As `useRecord` of `supermesh/react`, once the room is open. */
declare function useRecord<F extends Fields>(table: SchemaTable<F>, id: string): readonly [ReadRecord<F> | undefined, (values: RegistersOf<F>) => void];

export {
  useIds,
  useMe,
  useOthers,
  usePeople,
  useQuery,
  useRecord,
  useRoom,
};
