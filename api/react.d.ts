// The public surface of supermesh/react, made by "npm run api".

import { Fields, Me, Observable, Participant, PresenceOf, ReadRecord, RegistersOf, Right, Room, RoomStatus, Schema, SchemaTable, TableReader, TextValue, UndoHands, UndoManager, UndoOptions, UndoState } from "./shared.js";
import { ReactNode, RefCallback } from "react";

/** The value of `observable`, now and whenever it changes. On a server: what it holds before anything is opened. */
declare function useObservable<T>(observable: Observable<T>): T;

interface Disposable {
  dispose(): void;
}

/**
 * Opens once for each `key`, whatever React does with effects.
 * @param open - called after the first paint; the newest one is used
 * @returns `null` until it is open, which is what a server renders
 */
declare function useOpened<T extends Disposable>(open: () => T, key: string): T | null;

interface RoomProviderProps<S extends Schema> {
  readonly room: Room<S>;
  readonly children?: ReactNode;
}

/**
 * Gives a room to everything inside. When another object of the same room takes its place, as on a hot reload of the module
 * that opens it, the one before is ended, so that the others see one page and not two.
 */
declare function RoomProvider<S extends Schema>({
  room,
  children
}: RoomProviderProps<S>): ReactNode;

/**
 * The room around, with the types of `schema`.
 * @throws SupermeshError `no-room` outside a {@link RoomProvider}; `other-schema` when the room has another schema
 */
declare function useRoom<S extends Schema>(schema: S): Room<S>;

/** Connection, storage and problems, in a form to be shown. */
declare function useStatus(): RoomStatus;

/** `null` until the room is open. */
declare function useMe(): Me | null;

/** Whether the link in hand lets this page do so. */
declare function useRight(right: Right): boolean;

/** Everybody here, the own person first. */
declare function usePeople(): readonly Participant[];

/**
 * What `select` makes of each of the others, without those of whom it makes nothing (`null` or `undefined`):
 * `useOthers(board, person => person.presence.caret)`. Rendered again only when one of the answers is another.
 */
declare function useOthers<S extends Schema, R>(schema: S, select: (person: Participant<PresenceOf<S['presence']>>) => R): readonly NonNullable<R>[];

/** What this page says of itself, and how to say it. */
declare function usePresence<S extends Schema>(schema: S): readonly [PresenceOf<S['presence']>, (fields: Partial<PresenceOf<S['presence']>>) => void];

/** Undo and redo of what the own person did, with what they would do now. */
declare function useUndo<S extends Schema>(schema: S, options?: UndoOptions<S>): UndoState & Pick<UndoManager, 'undo' | 'redo'>;

/**
 * What `select` makes of a table's records; all of them without it: `useQuery(board.todos, todos => todos.where({ done: false }))`.
 *
 * An array whose items are the same as before is the same array. `select` may change from one rendering to the next.
 */
declare function useQuery<F extends Fields>(table: SchemaTable<F>): readonly ReadRecord<F>[];

declare function useQuery<F extends Fields, R>(table: SchemaTable<F>, select: (records: TableReader<F>) => R): R;

/** The ids of all records. The same array until a record is added or removed. */
declare function useIds<F extends Fields>(table: SchemaTable<F>): readonly string[];

/**
 * The record, or `undefined` while there is none, and how to set its plain values. The same object until it changes.
 *
 * Setting does nothing when somebody has removed the record meanwhile.
 */
declare function useRecord<F extends Fields>(table: SchemaTable<F>, id: string): readonly [ReadRecord<F> | undefined, (values: RegistersOf<F>) => void];

/**
 * The record `id`, made when the room is known to lack it and the own link allows it. Two pages that make it at once make one record: `initial` may
 * therefore hold plain values only, since the beginnings of two texts would stand one behind the other.
 */
declare function useGetOrCreate<F extends Fields>(table: SchemaTable<F>, id: string, initial: RegistersOf<F>): ReadRecord<F> | undefined;

/** A text's content, now and whenever it changes; empty while there is none. */
declare function useText(text: TextValue | undefined): string;

interface TextFieldOptions {
  /** Where undo and redo go: what `useUndo` gives. Without it, to the browser's own history, which knows nothing of others. */
  readonly undo?: UndoHands;
}

/**
 * For `ref` of an `<input>` or `<textarea>` that several people type in: the caret stays where it was when others type,
 * and a composition (IME) is left alone. It is read-only where the own link allows no more.
 */
declare function useTextField(text: TextValue | undefined, {
  undo
}?: TextFieldOptions): RefCallback<HTMLInputElement | HTMLTextAreaElement>;

export {
  RoomProvider,
  type RoomProviderProps,
  type TextFieldOptions,
  useGetOrCreate,
  useIds,
  useMe,
  useObservable,
  useOpened,
  useOthers,
  usePeople,
  usePresence,
  useQuery,
  useRecord,
  useRight,
  useRoom,
  useStatus,
  useText,
  useTextField,
  useUndo,
};
