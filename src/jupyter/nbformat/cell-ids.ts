/**
 * One valid id for each cell of a file, its own wherever that is possible.
 */
import { SupermeshError } from '../../base/error.ts'
import type { JsonObject, JsonValue } from '../json-text.ts'
import { CELL_ID, FIRST_MINOR_WITH_IDS } from './model.ts'

const MINT_TRIES = 1000

const isCellId = (id: JsonValue | undefined): id is string => typeof id === 'string' && CELL_ID.test(id)

export interface CellIds {
  /** One for each cell, in order, all different. */
  readonly ids: readonly string[]
  /** A sentence for each kind of change that an export will show. */
  readonly migrations: readonly string[]
}

const cellsHad = (count: number) => (count === 1 ? '1 cell had' : `${count} cells had`)

/** @throws SupermeshError `mint-id-repeats` when `mintId` makes no fresh, valid id in a thousand tries */
export function assignCellIds(cells: readonly JsonObject[], minor: number, mintId: () => string): CellIds {
  const owned = new Set(cells.map(cell => cell.get('id')).filter(isCellId))
  const used = new Set<string>()
  const minted = { repeated: 0, invalid: 0, missing: 0 }

  function mint(): string {
    for (let tries = 0; tries < MINT_TRIES; tries++) {
      const id = mintId()
      if (CELL_ID.test(id) && !owned.has(id) && !used.has(id)) return id
    }
    throw new SupermeshError('mint-id-repeats', 'mintId has to make fresh ids that nbformat allows')
  }

  const ids = cells.map(cell => {
    const own = cell.get('id')
    const id = isCellId(own) && !used.has(own) ? own : mint()
    used.add(id)
    if (id === own) return id
    if (isCellId(own)) minted.repeated++
    else if (typeof own === 'string' || (own !== undefined && minor >= FIRST_MINOR_WITH_IDS)) minted.invalid++
    else if (own === undefined && minor >= FIRST_MINOR_WITH_IDS) minted.missing++
    return id
  })

  const migrations: string[] = []
  if (minted.repeated > 0) migrations.push(`${cellsHad(minted.repeated)} the id of an earlier cell and got a new one.`)
  if (minted.invalid > 0) migrations.push(`${cellsHad(minted.invalid)} an id that is not allowed and got a new one.`)
  if (minted.missing > 0) migrations.push(`${cellsHad(minted.missing)} no id and got one.`)
  return { ids, migrations }
}
