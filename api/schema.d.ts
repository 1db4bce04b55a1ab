// The public surface of supermesh/schema, made by "npm run api".

import { FieldDefinition, PresenceOf, RecordOf, Rule, Schema, SchemaTable, TableDefinition, TableReader, TableRules, TextCaret, Transaction, caret, defineSchema, flag, list, map, ref, table, text, value } from "./shared.js";

export {
  FieldDefinition,
  PresenceOf,
  RecordOf,
  Rule,
  Schema,
  SchemaTable,
  TableDefinition,
  TableReader,
  TableRules,
  TextCaret,
  Transaction,
  caret,
  defineSchema,
  flag,
  list,
  map,
  ref,
  table,
  text,
  value,
};
