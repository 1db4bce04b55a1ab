/** `supermesh/schema`: what a document is made of, and what a page says of itself. */
export { caret, type TextCaret } from './store/caret.ts'
export type {
  CounterDraft,
  ListDraft,
  MapDraft,
  RecordDraft,
  RecordOf,
  SetDraft,
  TableDraft,
  TableReader,
  TextDraft,
  Transaction,
} from './store/record.ts'
export {
  counter,
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
  set,
  type TableDefinition,
  type TableRules,
  table,
  text,
  value,
} from './store/schema.ts'
