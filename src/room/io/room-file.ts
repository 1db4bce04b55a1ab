/**
 * Room files as people hand them to a page, and what is told of those that cannot be taken.
 */
import { equalBytes } from '../../base/bytes.ts'
import { type ErrorDetails, SupermeshError } from '../../base/error.ts'
import { ROOM_SCOPE } from '../../protocol/frame.ts'
import type { Link } from '../../rights/index.ts'
import type { Kept } from '../../sync/keeper.ts'
import { piecesOf, readRoomFile } from '../../sync/room-file.ts'
import { PROBLEMS, type Problem } from '../problems.ts'

/** Where it is damaged, and how many of its pieces that leaves: each frame is one, and the snapshot. */
interface FileDamage {
  readonly offset: number
  readonly recovered: number
  readonly lost: number | null
}

export interface TakenFile extends Kept {
  /** What of it cannot be read; `null` when it is whole. */
  readonly damage: FileDamage | null
}

export interface FileOptions {
  readonly file?: Blob | Uint8Array
  readonly recoverFile?: boolean
}

/**
 * What is in a room file: nothing of it is believed yet. `null` where there is no file.
 * @param fail - hears why it cannot be taken, for people
 * @throws SupermeshError as `RoomOptions.file` says
 */
export async function takeFile(
  { file, recoverFile = false }: FileOptions,
  { room }: Link,
  fail: (problem: Problem) => void,
): Promise<TakenFile | null> {
  const refuse = (problem: Problem, details: ErrorDetails = {}): never => {
    fail(problem)
    throw new SupermeshError(problem.code, problem.sentence, details)
  }
  if (!file) return null
  const bytes = await bytesOf(file).catch(error => refuse(PROBLEMS.fileUnreadable, { cause: String(error) }))
  const read = readRoomFile(bytes)
  if (read.type === 'refused')
    return refuse(read.code === 'file-not-a-room' ? PROBLEMS.fileNotARoom : PROBLEMS.fileNewer)
  if (read.room && !equalBytes(read.room, room)) return refuse(PROBLEMS.fileOtherRoom)
  const { frames, snapshot } = read
  if (read.type === 'whole') {
    return read.scope === ROOM_SCOPE ? { snapshot, frames, damage: null } : refuse(PROBLEMS.fileNewer)
  }
  const { offset, lost } = read
  const damage = { offset, recovered: piecesOf(read), lost }
  if (recoverFile) return { snapshot, frames, damage }
  return refuse({ ...PROBLEMS.fileDamaged, sentence: inPlace(damage) }, { ...damage })
}

const inPlace = ({ offset, recovered, lost }: FileDamage) =>
  `This room file is damaged at byte ${offset}: ${recovered} of its pieces can be read${lost === null ? '' : `, ${lost} cannot`}.`

/** @param waiting - how many of its pieces go on from what cannot be read, and wait for it */
export function recoveredProblem(damage: FileDamage, waiting: number): Problem {
  const later = waiting > 0 ? ` ${waiting} of them go on from what is lost, and are not shown without it.` : ''
  return { ...PROBLEMS.fileRecovered, sentence: inPlace(damage) + later }
}

async function bytesOf(file: Blob | Uint8Array): Promise<Uint8Array> {
  return file instanceof Uint8Array ? file : new Uint8Array(await file.arrayBuffer())
}
