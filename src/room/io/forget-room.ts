/**
 * Takes a room off this device: what it holds, its links and its title.
 */
import type { Bytes } from '../../base/bytes.ts'
import { inWords, SupermeshError } from '../../base/error.ts'
import { openDevice } from '../../rights/index.ts'
import { deleteKept } from '../../sync/io/indexeddb-keeper.ts'

/**
 * What others hold stays with them. Without another way to its link there is none back.
 * @param room - `link.room`
 * @throws SupermeshError `room-open` while a page of this browser has it open, which goes on keeping it; nothing has changed; `option-invalid`
 */
export async function forgetRoom(room: Bytes): Promise<void> {
  if (!(room instanceof Uint8Array)) {
    throw new SupermeshError('option-invalid', `A room is named by the bytes of link.room, not ${inWords(room)}.`)
  }
  const forgotten = await deleteKept(room, async () => {
    const device = await openDevice({ storage: 'indexeddb' })
    await device.forgetRoom(room)
    device.dispose()
  })
  if (!forgotten) throw new SupermeshError('room-open', 'This room is open in a window of this browser.')
}
