/**
 * Why a stranger's bytes were refused. Refusals are values: counted in the trace, never thrown and never dropped in
 * silence. The codes are listed in PROTOCOL.md.
 */

/** What the bytes themselves show. */
export type EnvelopeRefusal =
  | 'truncated'
  | 'trailing-bytes'
  | 'too-long'
  | 'number-out-of-range'
  | 'varint-not-minimal'
  | 'not-shortest'
  | 'text-not-utf8'
  | 'message-unknown'
  | 'protocol-newer'
  | 'frame-too-large'
  | 'frame-empty'
  | 'too-many-entries'
  | 'too-many-heads'
  | 'heads-not-sorted'
  | 'scopes-not-sorted'
  | 'entry-kind-unknown'
  | 'introduction-malformed'
  | 'seal-length'
  | 'state-malformed'

/** What an author's log shows. */
export type LogRefusal =
  | 'scope-not-followed'
  | 'author-ended'
  | 'sequence-overlaps'
  | 'head-is-own'
  | 'head-unknown'
  | 'introduction-missing'
  | 'introduction-repeated'
  | 'seal-invalid'
  | 'waiting-room-full'
  | 'undo-not-alone'
  | 'checkpoint-malformed'

/** What a snapshot shows. */
export type SnapshotRefusal = 'snapshot-not-wanted' | 'snapshot-not-vouched' | 'snapshot-too-old' | 'snapshot-too-new'

/** What an entry would do to the document. */
export type PatchRefusal =
  | 'patch-empty'
  | 'patch-not-sorted'
  | 'patch-too-large'
  | 'path-unknown'
  | 'name-unsafe'
  | 'name-unknown'
  | 'name-repeated'
  | 'field-kind-wrong'
  | 'value-not-json'
  | 'value-too-deep'
  | 'value-wrong-type'
  | 'operation-unknown'
  | 'operation-empty'
  | 'store-unknown'
  | 'store-repeated'
  | 'origin-outside-past'
  | 'origins-apart'
  | 'removal-outside-past'
  | 'move-outside-past'

/** What an undo or a redo would do. */
export type UndoRefusal =
  | 'undo-not-sorted'
  | 'undo-too-large'
  | 'undo-outside-past'
  | 'undo-not-of-edit'
  | 'redo-not-of-undo'

export type RefusalCode = EnvelopeRefusal | LogRefusal | SnapshotRefusal | PatchRefusal | UndoRefusal
