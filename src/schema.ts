/** `supermesh/schema`: what a document is made of, and what a page says of itself. */
export { caret, type TextCaret } from './store/caret.ts'
export type {
  ListDraft,
  MapDraft,
  RecordDraft,
  RecordOf,
  TableDraft,
  TableReader,
  TextDraft,
  Transaction,
} from './store/record.ts'
export {
  defineSchema,
  type FieldDefinition,
  flag,
  list,
  map,
  type PresenceOf,
  type Rule,
  ref,
  type Schema,
  type SchemaTable,
  type TableDefinition,
  type TableRules,
  table,
  text,
  value,
} from './store/schema.ts'
