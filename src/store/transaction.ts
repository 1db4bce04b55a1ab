/**
 * Writes inside a transaction: checked as they come, kept aside, applied together at the end. A throw leaves nothing.
 */
import { SupermeshError } from '../base/error.ts'
import { PATCH_MAX_OPERATIONS, PATCH_MAX_SPLICES, VALUE_MAX_BYTES } from '../protocol/limits.ts'
import { safeName } from '../protocol/name.ts'
import { fieldKey } from '../protocol/patch.ts'
import type { Document, Updates } from './document.ts'
import {
  type Location,
  listDraft,
  mapDraft,
  registerDraft,
  requireAccepted,
  type Staging,
  stage,
  textDraft,
  wrongType,
} from './field-draft.ts'
import { toJsonValue } from './json-value.ts'
import { createLookup } from './lookup.ts'
import { creatorOf, everythingPermitted, type Permits } from './permission.ts'
import type { TableDraft, Transaction } from './record.ts'
import {
  ALIVE,
  type AnyField,
  type Fields,
  type Schema,
  type TableDefinition,
  type TableRules,
  type Tables,
} from './schema.ts'
import { countOperations, requireBelow, weigh } from './transaction-size.ts'

export interface Stage<T extends Tables> {
  readonly transaction: Transaction<T>
  /**
   * What was staged, or `null` for nothing. After this every further write throws.
   * @throws SupermeshError `transaction-too-large`
   */
  finish(): Updates | null
  /** @returns what brings back what is staged now */
  savepoint(): () => void
  /** After this every write throws; for a transaction that failed. */
  close(): void
}

/**
 * What a store's transactions are made of; each call of the returned function begins one.
 * @param mintId - a new, random record id
 */
export function createStaging<T extends Tables>(
  document: Document,
  schema: Schema<T>,
  mintId: () => string,
  permits: Permits = everythingPermitted,
): () => Stage<T> {
  const transactionOf = createLookup(Object.keys(schema.tables))
  const records = new Map(
    Object.entries(schema.tables).map(([name, { fields }]) => [name, createLookup(Object.keys(fields))]),
  )

  return () => {
    const { staging, ...stage } = openStage(document)
    const drafts = new Map<string, TableDraft<Fields>>()
    const find = (name: string) => {
      const known = drafts.get(name)
      if (known) return known
      const definition = schema.tables[name] as TableDefinition<Fields>
      const recordOf = records.get(name) as ReturnType<typeof createLookup>
      const draft = createTableDraft({ document, staging, table: name, definition, recordOf, mintId, permits })
      drafts.set(name, draft)
      return draft
    }
    return { ...stage, transaction: transactionOf(find) as Transaction<T> }
  }
}

function openStage(document: Document): Omit<Stage<Tables>, 'transaction'> & { readonly staging: Staging } {
  const staged: Record<string, Record<string, Record<string, unknown>>> = {}
  let finished = false
  const staging: Staging = {
    get: (table, record, key) => staged[table]?.[record]?.[key],
    set(table, record, key, update) {
      if (finished)
        throw new SupermeshError('transaction-over', 'The transaction has ended: write inside its callback.')
      staged[table] ??= {}
      const records = staged[table]
      records[record] ??= {}
      records[record][key] = update
    },
    savepoint(table, record) {
      const before = staged[table]?.[record] && { ...staged[table][record] }
      return () => {
        if (before) (staged[table] as Record<string, unknown>)[record] = before
        else delete staged[table]?.[record]
      }
    },
  }
  return {
    staging,
    finish() {
      finished = true
      for (const [table, records] of Object.entries(staged)) if (Object.keys(records).length === 0) delete staged[table]
      if (Object.keys(staged).length === 0) return null
      requireBelow(weigh(staged), VALUE_MAX_BYTES)
      const { operations, splices } = countOperations(document, staged)
      requireBelow(operations, PATCH_MAX_OPERATIONS)
      requireBelow(splices, PATCH_MAX_SPLICES)
      return staged
    },
    savepoint() {
      const before = copyOfStaged(staged)
      return () => {
        for (const table of Object.keys(staged)) delete staged[table]
        Object.assign(staged, before)
      }
    },
    close() {
      finished = true
    },
  }
}

/** Updates are never changed in place, so that a copy of what leads to them is enough. */
function copyOfStaged<V>(staged: Record<string, Record<string, Record<string, V>>>): typeof staged {
  return Object.fromEntries(
    Object.entries(staged).map(([table, records]) => [
      table,
      Object.fromEntries(Object.entries(records).map(([record, fields]) => [record, { ...fields }])),
    ]),
  )
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

interface TableStage {
  readonly document: Document
  readonly staging: Staging
  readonly table: string
  readonly definition: TableDefinition<Fields>
  readonly recordOf: ReturnType<typeof createLookup>
  readonly mintId: () => string
  readonly permits: Permits
}

function createTableDraft(stageOfTable: TableStage): TableDraft<Fields> {
  const { document, staging, table, definition, recordOf, mintId, permits } = stageOfTable
  const { fields, rules } = definition

  /** What was created in this transaction may be changed in it by whoever may create. */
  const created = new Set<string>()

  function requirePermitted(verb: keyof TableRules, id: string): void {
    if (verb === 'change' && created.has(id)) return
    if (permits(rules[verb], verb === 'create' ? null : creatorOf(document, table, id))) return
    throw new SupermeshError('not-allowed', `Your link does not let you ${verb} records of ${table}.`, {
      table,
      verb,
      needs: rules[verb],
    })
  }

  /** Lists of ids may hold what is none. */
  const alive = (id: string) =>
    typeof id === 'string' && (staging.get(table, id, ALIVE) ?? document.value(table, id, ALIVE)) === true

  function requireAlive(id: string): void {
    if (!alive(id)) throw new SupermeshError('record-missing', `There is no record "${id}" in ${table}.`, { table, id })
  }

  function fieldOf(name: string): AnyField {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field) throw new SupermeshError('field-unknown', `${table} has no field "${name}".`, { table, field: name })
    return field
  }

  function locate(record: string, name: string, field: AnyField): Location {
    const key = fieldKey(field.kind, name)
    const authorize = () => {
      requireAlive(record)
      requirePermitted('change', record)
    }
    return { document, staging, table, record, key, field: name, accepts: field.accepts, authorize }
  }

  function write(id: string, name: string, value: unknown): void {
    const field = fieldOf(name)
    const location = locate(id, name, field)
    switch (field.kind) {
      case 'register': {
        const json = toJsonValue(value, name)
        requireAccepted(location, json)
        stage(location, json)
        break
      }
      case 'map':
        if (!isPlainObject(value)) throw wrongType(location)
        for (const [key, item] of Object.entries(value)) mapDraft(location).set(key, item)
        break
      case 'text': {
        if (typeof value !== 'string') throw wrongType(location)
        const draft = textDraft(location)
        if (value !== '' || draft.length > 0) draft.splice(0, draft.length, value)
        break
      }
      case 'list': {
        if (!Array.isArray(value)) throw wrongType(location)
        const draft = listDraft(location)
        if (value.length > 0 || draft.length > 0) draft.splice(0, draft.length, value)
      }
    }
  }

  function draftOf(id: string): object {
    const find = (name: string) => {
      const field = fieldOf(name)
      const location = locate(id, name, field)
      switch (field.kind) {
        case 'register':
          return registerDraft(location, field.initial)
        case 'map':
          return mapDraft(location)
        case 'text':
          return textDraft(location)
        case 'list':
          return listDraft(location)
      }
    }
    return Object.defineProperty(recordOf(find), 'id', { value: id, enumerable: true })
  }

  return {
    create(initial, options = {}) {
      const id = options.id ?? mintId()
      if (!safeName(id)) throw new SupermeshError('name-unsafe', `"${id}" cannot be the id of a record.`, { id })
      const isNew = !alive(id)
      requirePermitted(isNew ? 'create' : 'change', id)
      const undo = staging.savepoint(table, id)
      try {
        if (isNew) {
          created.add(id)
          staging.set(table, id, ALIVE, true)
        }
        for (const name of Object.keys(initial)) fieldOf(name)
        for (const [name, field] of Object.entries(fields)) {
          const given = (initial as Record<string, unknown>)[name]
          if (given !== undefined) write(id, name, given)
          else if (isNew && field.kind === 'register' && field.initial === undefined) {
            throw new SupermeshError('field-required', `${table} needs "${name}" at creation.`, { table, field: name })
          }
        }
      } catch (error) {
        // Whoever catches it goes on without the half of a record.
        undo()
        if (isNew) created.delete(id)
        throw error
      }
      return id
    },
    has: alive,
    get(id) {
      requireAlive(id)
      return draftOf(id) as ReturnType<TableDraft<Fields>['get']>
    },
    update(id, values) {
      requireAlive(id)
      for (const [name, value] of Object.entries(values)) {
        if (value !== undefined) write(id, name, value)
      }
    },
    remove(id) {
      requireAlive(id)
      if (!created.delete(id)) requirePermitted('remove', id)
      staging.set(table, id, ALIVE, false)
    },
  }
}
