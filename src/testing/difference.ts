/**
 * Where two replicas differ, for whoever has to find out why.
 */
import { kindOfKey } from '../protocol/patch.ts'
import type { RoomJson } from '../room/room.ts'
import type { SimulatedPeer } from './simulation.ts'

/** Longest value that is shown. */
const SHOWN = 200

/** Of the first peer that differs from the first of all. */
export function firstDifference(peers: readonly SimulatedPeer[]): string | null {
  const [one, ...others] = peers
  const other = others.find(peer => one && peer.room.fingerprint() !== one.room.fingerprint())
  return one && other ? differenceOf(one, other) : null
}

function differenceOf(one: SimulatedPeer, other: SimulatedPeer): string {
  const [left, right] = [fieldsOf(one), fieldsOf(other)]
  const place = [...new Set([...left.keys(), ...right.keys()])].sort().find(each => left.get(each) !== right.get(each))
  const [table = '', record = '', key = ''] = JSON.parse(place ?? '[]') as string[]
  const field = key.slice(key.indexOf('.') + 1)
  const [a, b] = [one, other].map(({ room }) => shown(room.toJSON(), table, record, field))
  const where = `${one.name} and ${other.name} differ in ${table}/${record}/${field}`
  if (a !== b) return `${where}: ${a} against ${b}`
  return `${where}, a ${kindOfKey(key)} that reads ${a} in both: in what is kept beside its value`
}

/** Field → its description, by the JSON of table, record and field key. */
function fieldsOf({ replica }: SimulatedPeer): ReadonlyMap<string, string> {
  return new Map(
    replica.store.describe().map(line => {
      const [table, record, key] = JSON.parse(line) as string[]
      return [JSON.stringify([table, record, key]), line]
    }),
  )
}

function shown({ tables }: RoomJson, table: string, record: string, field: string): string {
  const found = tables[table]?.[record]
  const text = JSON.stringify(field === '_alive' ? found !== undefined : found?.[field]) ?? 'nothing'
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
