// The public surface of supermesh/codemirror, made by "npm run api".

import { Extension } from "@codemirror/state";

type Unsubscribe = () => void;

interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that can be read at any time and watched; the same object until it changes. */
interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T;
}

/** What elements are made of: UTF-16 units of a string or items of an array. */
type Content = string | readonly unknown[];

/** A change as the owner of a view sees it: at `index`, `removed` leaves and `inserted` comes. */
interface Splice<C extends Content> {
  readonly index: number;
  readonly removed: C;
  readonly inserted: C;
}

/** An anchor names an element, not an index, so it survives edits. Opaque; safe to store and to send. */
type Anchor = string & {
  readonly __anchor: true;
};

/** Which neighbour an anchor sticks to: typing at the anchor goes before it (`after`) or behind it (`before`). */
type AnchorSide = 'before' | 'after';

interface Positions {
  readonly length: number;
  /**
   * A position that survives edits.
   * @param index - 0 to `length`
   * @param side - whether it sticks to what stands `before` or `after` it
   */
  anchor(index: number, side: AnchorSide): Anchor;
  /** Where an anchor is now; `null` when it is not of this field. */
  indexOf(anchor: Anchor): number | null;
}

interface SequenceChange<C extends string | readonly unknown[]> {
  readonly splices: readonly Splice<C>[];
  readonly local: boolean;
}

/** One change to a text: at `index`, `remove` UTF-16 units leave and `insert` comes. */
interface TextEdit {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** A text as it was at one moment. Indices are UTF-16 units. */
interface TextValue extends Positions {
  /** Which text of the document this is: "table/record/field". */
  readonly path: string;
  /** Found when first asked for. */
  toString(): string;
  /** The text as it is now; `undefined` once its record is gone. */
  latest(): TextValue | undefined;
  /** Hears of each change to the field, from now on. */
  subscribe(listener: (change: SequenceChange<string>) => void): Unsubscribe;
  /** An edit of its own: the same as a `splice` in a transaction. */
  splice(index: number, remove: number, insert: string): void;
  /** Several splices as one edit, one after the other: each index is in what those before it have left. */
  edit(edits: readonly TextEdit[]): void;
}

interface UndoState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the next undo takes back: the `label` of its edit, or an empty text. */
  readonly undoLabel: string;
  readonly redoLabel: string;
}

interface UndoManager extends Observable<UndoState> {
  /** @throws SupermeshError `not-yet` */
  undo(): void;
  /** @throws SupermeshError `not-yet` */
  redo(): void;
}

/** One open page. */
interface Peer<P = Readonly<Record<string, unknown>>> {
  /** 32 hexadecimal digits: the author of its edits. */
  readonly id: string;
  readonly self: boolean;
  readonly presence: P;
}

/** One person on one device, however many pages are open. */
interface Participant<P = Readonly<Record<string, unknown>>> {
  /** Stable for this room and device. */
  readonly id: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly self: boolean;
  /** That of the page which changed it last. */
  readonly presence: P;
  readonly peers: readonly Peer<P>[];
}

/** What this page says of itself; latest wins, forgotten when it goes. */
interface OwnPresence<P> extends Observable<P> {
  /**
   * Says it to everybody; what is not named stays.
   * @throws SupermeshError `field-unknown`, `value-not-json`, `value-wrong-type`, `presence-too-large`
   */
  set(fields: Partial<P>): void;
}

interface TextCaret {
  /** The text that it is in: `TextValue.path`. */
  readonly text: string;
  /** Where the selection began, and where it is now; the same for a caret alone. */
  readonly anchor: Anchor;
  readonly head: Anchor;
}

interface CaretPresence {
  readonly caret: TextCaret | null;
}

/** What carets need of a room. */
interface CaretRoom {
  readonly people: Observable<readonly Participant<CaretPresence>[]>;
  readonly presence: OwnPresence<CaretPresence>;
}

type EditorUndo = Pick<UndoManager, 'undo' | 'redo' | 'getSnapshot'>;

interface EditorExtensionOptions {
  /** A room whose schema has `presence: { caret: caret() }`: shows where the others are, and tells them where one is. */
  readonly presence?: CaretRoom;
  /** Where undo and redo go, instead of a history of the editor's own. */
  readonly undo?: EditorUndo;
}

/** @param text - the field that the editor shows, at whatever moment it was read */
declare function editorExtension(text: TextValue, {
  presence,
  undo
}?: EditorExtensionOptions): Extension;

export {
  type CaretRoom,
  type EditorExtensionOptions,
  type EditorUndo,
  editorExtension,
};
