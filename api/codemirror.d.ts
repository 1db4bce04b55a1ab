// The public surface of supermesh/codemirror, made by "npm run api".

import { Extension } from "@codemirror/state";

/**
 * What changes can be watched: a listener set, and a value that keeps its identity until it changes.
 *
 * `subscribe` and `getSnapshot` have the form that React's `useSyncExternalStore` wants, so that a binding needs no
 * adapter. A listener that throws does not keep the others from hearing: its error is reported and goes on as an
 * uncaught one, where a developer will see it.
 */
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

/** A text as it was at one moment. Indices are UTF-16 units. */
interface TextValue extends Positions {
  /** Found when first asked for. */
  toString(): string;
  /** Hears of each change to the field, from now on. */
  subscribe(listener: (change: SequenceChange<string>) => void): Unsubscribe;
  /** An edit of its own: the same as a `splice` in a transaction. */
  splice(index: number, remove: number, insert: string): void;
}

interface TextSelection {
  readonly anchor: Anchor;
  readonly head: Anchor;
}

interface RemoteSelection extends TextSelection {
  /** The peer's id. */
  readonly id: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
}

interface EditorPresence {
  /** Selections of others in this text. */
  readonly others: Observable<readonly RemoteSelection[]>;
  /** Hears where the own selection is; `null` when the editor is not in focus. Not more than once a turn. */
  show(selection: TextSelection | null): void;
}

interface EditorExtensionOptions {
  /** The text as it is now; `undefined` once its record is gone. The field must stay the same one. */
  text(): TextValue | undefined;
  /** Runs `write` as one edit: `write => room.transact(write)`. Without it each changed range is an edit. */
  readonly transact?: (write: () => void) => void;
  /** Carets and selections of the others, and where to say the own. */
  readonly presence?: EditorPresence;
}

declare function editorExtension({
  text,
  transact,
  presence
}: EditorExtensionOptions): Extension;

export {
  type EditorExtensionOptions,
  type EditorPresence,
  type RemoteSelection,
  type TextSelection,
  editorExtension,
};
