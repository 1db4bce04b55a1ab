/**
 * Takes a room off this device: what it holds, its links and its title.
 */
import type { Bytes } from '../../base/bytes.ts'
import { openDevice } from '../../rights/index.ts'
import { deleteKept } from '../../sync/io/indexeddb-keeper.ts'

/**
 * What others hold stays with them. Without another way to its link there is none back.
 * @param room - `link.room`, of a room that no page here has open
 */
export async function forgetRoom(room: Bytes): Promise<void> {
  const device = await openDevice({ storage: 'indexeddb' })
  await device.forgetRoom(room)
  device.dispose()
  await deleteKept(room)
}
