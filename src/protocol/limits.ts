/** Bounds that every peer enforces; each is checked before anything is allocated. Sizes are in bytes. */

/** A frame whole, seal included. A larger edit is cut into several transactions by whoever makes it. */
export const FRAME_MAX_BYTES = 40 * 1024 * 1024
/** Entries in one frame. */
export const FRAME_MAX_ENTRIES = 4096
/** Causal parents that one frame may name. */
export const FRAME_MAX_HEADS = 4096
/** Frames in one message. */
export const MESSAGE_MAX_FRAMES = 65_536
/** Scopes that a peer may follow. */
export const SCOPES_MAX = 4096
/** Longest name of a channel. */
export const CHANNEL_NAME_MAX_BYTES = 64
/** Longest body of a message from one peer to another. */
export const DIRECT_MAX_BYTES = 1024 * 1024
/** Longest name of a table, a field or a record. */
export const NAME_MAX_BYTES = 128
/** Longest JSON text of one value. */
export const VALUE_MAX_BYTES = 32 * 1024 * 1024
/** Deepest nesting of one JSON value. */
export const VALUE_MAX_DEPTH = 64
/** Fields, map keys, items of sets, insertions, moves and removed ranges in one patch. */
export const PATCH_MAX_OPERATIONS = 100_000
/** Insertions, removals and moves of texts and lists among them: each seeks its place among all of a text or list, in one turn. */
export const PATCH_MAX_SPLICES = 5000
/** What one edit adds to a counter, or takes from it. */
export const COUNTER_MAX_STEP = 2 ** 31
/** Edits that one undo or redo may speak of. */
export const UNDO_MAX_EDITS = 5000
/** Names, and stores, to which an author's patches refer by number; those beyond are spelled each time. */
export const DICTIONARY_MAX = 65_536
/** Frames of one author that may wait for an earlier one, or for their causal past. */
export const WAITING_MAX_FRAMES = 4096
/** Bytes that all waiting frames together may hold. */
export const WAITING_MAX_BYTES = 64 * 1024 * 1024
/**
 * Sequences, versions, clocks and counts in a snapshot: far above what anybody will ever have said, and far below where a number
 * that goes on growing loses its units.
 */
export const COUNT_MAX = 2 ** 48
/** What all frames in a snapshot say together that their authors had seen: it is kept for each of them. */
export const PASTS_MAX = 2 ** 24
/** Authors whose frames one replica keeps. */
export const AUTHORS_MAX = 65_536
