/** `supermesh/schema`: what a document is made of. */
export type { RecordOf, TableReader, Transaction } from './store/record.ts'
export {
  defineSchema,
  type FieldDefinition,
  flag,
  list,
  map,
  ref,
  type Schema,
  type TableDefinition,
  table,
  text,
  value,
} from './store/schema.ts'
