/**
 * A table while it is being written to. The same object for all transactions: what is written belongs to the one that is
 * running.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import { requireOptions } from '../base/require.ts'
import { requireName } from '../protocol/name.ts'
import { type FieldKind, fieldKey } from '../protocol/patch.ts'
import type { Document } from './document.ts'
import { isThere, type Location, mapDraft, registerDraft, writeRegister, wrongType } from './field-draft.ts'
import { createRecordLookup } from './lookup.ts'
import { creatorOf, type Permits } from './permission.ts'
import type { TableDraft } from './record.ts'
import { ALIVE, type AnyField, type Fields, type TableDefinition, type TableRules } from './schema.ts'
import { listDraft, textDraft } from './sequence-draft.ts'
import type { Staging } from './staging.ts'
import { counterDraft, setDraft, writeSet } from './value-draft.ts'

export interface TableDraftOptions {
  readonly document: Document
  readonly staging: Staging
  readonly table: string
  readonly definition: TableDefinition<Fields>
  readonly mintId: () => string
  readonly permits: Permits
}

const THE_ID = 'the id of a record'
const DRAFTS = { map: mapDraft, text: textDraft, list: listDraft, counter: counterDraft, set: setDraft }

export function createTableDraft(options: TableDraftOptions): TableDraft<Fields> {
  const { document, staging, table, definition, mintId, permits } = options
  const { fields, rules } = definition
  const keys = new Map(Object.entries(fields).map(([name, { kind }]) => [name, fieldKey(kind, name)]))
  const unknown = (name: string) =>
    new SupermeshError('field-unknown', `${table} has no field "${name}".`, { table, field: name })
  const RecordDraft = createRecordLookup(Object.keys(fields), (id, name) => draftOf(id, name), unknown)
  /** The draft of a text or list that was asked for last: most transactions ask for the same again. */
  let last: { readonly id: string; readonly name: string; readonly draft: unknown } | null = null

  const nameOf = (id: string) => `${table}/${id}`

  function requirePermitted(verb: keyof TableRules, id: string): void {
    if (verb === 'change' && staging.created.size > 0 && staging.created.has(nameOf(id))) return
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
    if (!alive(id))
      throw new SupermeshError('record-missing', `There is no record ${inWords(id)} in ${table}.`, { table, id })
  }

  function fieldOf(name: string): AnyField {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!field) throw unknown(name)
    return field
  }

  /** For callers without types: what several people edit at once is not replaced as a whole by an oversight. */
  function notByUpdate(name: string, kind: FieldKind): SupermeshError {
    const sentence = `${table}.${name} is a ${kind}: it is written by get(id).${name}, not by update().`
    return new SupermeshError('value-wrong-type', sentence, { table, field: name })
  }

  function requireValues(values: unknown): void {
    if (typeof values === 'object' && values !== null) return
    throw new SupermeshError('value-wrong-type', `Values of ${table} are given as an object, by field.`, { table })
  }

  function locate(record: string, name: string, field: AnyField): Location {
    const authorize = () => {
      requireAlive(record)
      requirePermitted('change', record)
    }
    return {
      document,
      staging,
      table,
      record,
      key: keys.get(name) as string,
      field: name,
      accepts: field.accepts,
      authorize,
    }
  }

  function write(id: string, name: string, value: unknown): void {
    const field = fieldOf(name)
    const location = locate(id, name, field)
    switch (field.kind) {
      case 'register':
        writeRegister(location, field.initial, value)
        break
      case 'map': {
        if (!isPlainObject(value)) throw wrongType(location, 'an object')
        const draft = mapDraft(location)
        for (const key of draft.toMap().keys()) if (!Object.hasOwn(value, key)) draft.delete(key)
        for (const [key, item] of Object.entries(value)) draft.set(key, item)
        break
      }
      case 'text': {
        if (typeof value !== 'string') throw wrongType(location, 'a text')
        const draft = textDraft(location)
        if (!isThere(location, draft.toString(), value)) draft.splice(0, draft.length, value)
        break
      }
      case 'list': {
        if (!Array.isArray(value)) throw wrongType(location, 'an array')
        const draft = listDraft(location)
        if (!isThere(location, draft.toArray(), value)) draft.splice(0, draft.length, value)
        break
      }
      case 'counter': {
        if (typeof value !== 'number') throw wrongType(location, 'a number')
        const draft = counterDraft(location)
        draft.add(value - draft.value)
        break
      }
      case 'set':
        if (!Array.isArray(value)) throw wrongType(location, 'an array')
        writeSet(location, value)
    }
  }

  /** Whoever catches what it throws goes on without the half of it. */
  function wholly(run: () => void, undone?: () => void): void {
    const undo = staging.savepoint()
    try {
      run()
    } catch (error) {
      undo()
      undone?.()
      throw error
    }
  }

  function draftOf(id: string, name: string): unknown {
    if (last?.id === id && last.name === name) return last.draft
    const field = fieldOf(name)
    const location = locate(id, name, field)
    if (field.kind === 'register') return registerDraft(location, field.initial)
    const draft = DRAFTS[field.kind](location)
    last = { id, name, draft }
    return draft
  }

  const drafts: TableDraft<Fields> = {
    create(initial, given = {}) {
      requireValues(initial)
      requireOptions(given, 'The options of a record', ['id'])
      const id = given.id ?? mintId()
      requireName(id, THE_ID)
      const isNew = !alive(id)
      requirePermitted(isNew ? 'create' : 'change', id)
      wholly(
        () => {
          if (isNew) {
            staging.set(table, id, ALIVE, true)
            staging.created.add(nameOf(id))
          }
          for (const name of Object.keys(initial)) fieldOf(name)
          for (const [name, field] of Object.entries(fields)) {
            const value = (initial as Record<string, unknown>)[name]
            if (value !== undefined) write(id, name, value)
            else if (isNew && field.kind === 'register' && field.initial === undefined) {
              throw new SupermeshError('field-required', `${table} needs "${name}" at creation.`, {
                table,
                field: name,
              })
            }
          }
        },
        isNew ? () => staging.created.delete(nameOf(id)) : undefined,
      )
      return id
    },
    getOrCreate(id, initialize) {
      requireName(id, THE_ID)
      if (typeof initialize !== 'function')
        throw new SupermeshError('value-wrong-type', 'getOrCreate takes a function that gives the values.', { table })
      if (!alive(id)) drafts.create(initialize(), { id })
      return drafts.get(id)
    },
    has: alive,
    get(id) {
      requireAlive(id)
      return new RecordDraft(id) as ReturnType<TableDraft<Fields>['get']>
    },
    update(id, values) {
      requireAlive(id)
      requireValues(values)
      wholly(() => {
        for (const [name, value] of Object.entries(values)) {
          const { kind } = fieldOf(name)
          if (kind !== 'register') throw notByUpdate(name, kind)
          if (value !== undefined) write(id, name, value)
        }
      })
    },
    remove(id) {
      requireAlive(id)
      if (!staging.created.delete(nameOf(id))) requirePermitted('remove', id)
      staging.set(table, id, ALIVE, false)
    },
  }
  return drafts
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
