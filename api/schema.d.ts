// The public surface of supermesh/schema, made by "npm run api".

import { FieldDefinition, ListDraft, MapDraft, PresenceOf, RecordDraft, RecordOf, Rule, Schema, SchemaTable, TableDefinition, TableDraft, TableReader, TableRules, TextCaret, TextDraft, Transaction, caret, defineSchema, flag, list, map, ref, table, text, value } from "./shared.js";

export {
  FieldDefinition,
  ListDraft,
  MapDraft,
  PresenceOf,
  RecordDraft,
  RecordOf,
  Rule,
  Schema,
  SchemaTable,
  TableDefinition,
  TableDraft,
  TableReader,
  TableRules,
  TextCaret,
  TextDraft,
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
