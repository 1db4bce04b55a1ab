/** Rooms as files, with real keys and seals. */
import { describe, expect, it } from 'vitest'
import { toHex, toUtf8 } from '../../base/bytes.ts'
import { formatLink, newLink } from '../../rights/index.ts'
import { defineSchema, table, text } from '../../store/schema.ts'
import { createMemoryKeeper, type Keeper } from '../../sync/keeper.ts'
import { type RoomFile, readRoomFile, writeRoomFile } from '../../sync/room-file.ts'
import { openRoom, type RoomOptions } from './open-room.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ body: text() }) })
const link = newLink()
const open = (options: Partial<RoomOptions<typeof schema>> = {}) =>
  openRoom({ schema, link, storage: 'memory', ...options })
type OpenRoom = ReturnType<typeof open>
const write = (room: OpenRoom, id: string) => room.transact(tx => void tx.notes.create({ body: id }, { id }))
const idsIn = (room: OpenRoom) => room.tables.notes.getSnapshot().map(({ id }) => id)
const codes = (room: OpenRoom) => room.status.getSnapshot().problems.map(({ code }) => code)
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer())

/** The room after two visits, and itself as a file. */
async function written(...visits: string[][]) {
  const keeper = createMemoryKeeper()
  const visit = async (ids: readonly string[]) => {
    const room = open({ storage: keeper })
    await room.ready()
    for (const id of ids) write(room, id)
    const file = await room.exportFile()
    await room.flushed()
    const print = room.fingerprint()
    room.dispose()
    return { file, print }
  }
  let last = await visit([])
  for (const ids of visits) last = await visit(ids)
  return { ...last, bytes: await bytesOf(last.file) }
}

const parsed = (bytes: Uint8Array) => readRoomFile(bytes) as RoomFile & { readonly type: 'whole' }
/** A file with one byte of its frame `index` changed, without a trace of that in its checksums. */
function forged(bytes: Uint8Array, index: number): Uint8Array {
  const { room, scope, snapshot, frames } = parsed(bytes)
  const change = (given: Uint8Array<ArrayBuffer>) => given.map((byte, i) => (i === given.length - 1 ? byte ^ 1 : byte))
  return writeRoomFile({
    ...{ room, scope, snapshot },
    frames: frames.map((frame, i) => (i === index ? { ...frame, bytes: change(frame.bytes) } : frame)),
  })
}

async function refusalOf(file: Blob | Uint8Array, keeper: Keeper = createMemoryKeeper()) {
  const room = open({ file, storage: keeper })
  const error = await room.ready().catch(error => error)
  const { phase, problems } = room.status.getSnapshot()
  room.dispose()
  expect([phase, problems.map(({ code }) => code), (await keeper.load()).frames]).toEqual(['failed', [error.code], []])
  return [error.code, error.details]
}

describe('a room as a file', () => {
  it('V18: has all of it, edits that are not sealed yet too, and makes the same room elsewhere', async () => {
    const { file, print } = await written(['a'], ['b', 'c'])
    const keeper = { ...createMemoryKeeper(), durable: true }
    const copy = open({ file, storage: keeper })
    await copy.ready()
    expect([idsIn(copy), copy.fingerprint(), codes(copy)]).toEqual([['a', 'b', 'c'], print, expect.anything()])
    expect(copy.status.getSnapshot().content).toBe('ready')
    await copy.flushed()
    copy.dispose()
    const after = open({ storage: keeper })
    await after.ready()
    expect(after.fingerprint()).toBe(print)
    after.dispose()
  })

  it('V18: is added to what is here; what is here already is no harm', async () => {
    const { file } = await written(['a', 'b'])
    const keeper = createMemoryKeeper()
    const first = open({ storage: keeper, file })
    await first.ready()
    write(first, 'mine')
    await first.flushed()
    first.dispose()
    const again = open({ storage: keeper, file })
    const refused: string[] = []
    again.refusals.subscribe(({ code }) => refused.push(code))
    await again.ready()
    expect([idsIn(again), refused]).toEqual([['a', 'b', 'mine'], []])
    again.dispose()
  })

  it('V18: is believed no more than a stranger', async () => {
    const { bytes } = await written(['a'], ['b'])
    const { frames } = parsed(bytes)
    const last = frames.length - 1
    for (const [file, ids] of [
      [forged(bytes, last), 'a'],
      [writeRoomFile({ ...parsed(bytes), frames: frames.slice(1) }), ''],
    ] as const) {
      const room = open({ file })
      const refused: string[] = []
      room.refusals.subscribe(({ code, from }) => refused.push(`${code} ${from}`))
      await room.ready()
      expect(idsIn(room).join()).toBe(ids)
      if (ids) expect(refused).toEqual(['seal-invalid null'])
      room.dispose()
    }
  })

  it('V18: holds no secret', async () => {
    const { bytes } = await written(['a'])
    const hex = toHex(bytes)
    expect(hex).toContain(toHex(link.room))
    expect(hex).not.toContain(toHex(link.secret))
    expect(hex).not.toContain(toHex(toUtf8(formatLink(link).slice(2))))
  })

  it('V18: may be longer than what may wait at once', async () => {
    const keeper = createMemoryKeeper()
    const room = open({ storage: keeper })
    await room.ready()
    for (let n = 0; n < 700; n++) {
      write(room, `n${n}`)
      await room.flushed()
    }
    const file = await room.exportFile()
    const print = room.fingerprint()
    room.dispose()
    const copy = open({ file })
    await copy.ready()
    expect(copy.fingerprint()).toBe(print)
    copy.dispose()
  })

  it('V19: that cannot be taken is refused with a code, and nothing has changed', async () => {
    const { bytes } = await written(['a', 'b'])
    const other = { ...parsed(bytes), room: new Uint8Array(16) }
    const lost = { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) } as unknown as Blob
    expect(await refusalOf(new Blob(['Dear Ben,']))).toEqual(['file-not-a-room', {}])
    expect(await refusalOf(writeRoomFile(other))).toEqual(['file-other-room', {}])
    expect(await refusalOf(writeRoomFile({ ...parsed(bytes), scope: 1 }))).toEqual(['file-newer-version', {}])
    expect(await refusalOf(lost)).toEqual(['file-unreadable', expect.anything()])
  })

  it('V19: that is damaged says where; what can be read of it is taken when that is asked for', async () => {
    const { bytes } = await written(['a'], ['b'])
    const torn = bytes.slice(0, -100)
    const damage = { offset: expect.any(Number), recovered: 3, lost: 1 }
    const waiting = expect.any(Number)
    expect(await refusalOf(torn)).toEqual(['file-damaged', damage])
    const room = open({ file: torn, recoverFile: true })
    const told: unknown[] = []
    room.trace.subscribe(event => event.type === 'file-recovered' && told.push(event))
    await room.ready()
    expect([idsIn(room), codes(room)]).toEqual([['a'], expect.arrayContaining(['file-recovered'])])
    const problem = room.status.getSnapshot().problems.find(({ code }) => code === 'file-recovered')
    expect(problem?.sentence).toMatch(/damaged at byte \d+: 3 of its pieces can be read, 1 cannot/)
    expect(told).toEqual([{ type: 'file-recovered', ...damage, waiting }])
    // The copy is a whole one.
    expect(readRoomFile(await bytesOf(await room.exportFile())).type).toBe('whole')
    room.dispose()
  })

  it('V19: says how much waits for what is lost, until somebody brings that', async () => {
    const keeper = createMemoryKeeper()
    const writer = open({ storage: keeper })
    await writer.ready()
    for (const id of ['a', 'b', 'c', 'd']) {
      write(writer, id)
      await writer.flushed()
    }
    const bytes = await bytesOf(await writer.exportFile())
    writer.dispose()
    const second = readRoomFile(bytes.slice(0, 400))
    const at = second.type === 'damaged' ? second.offset : 0
    const torn = bytes.map((byte, i) => (i === at + 20 ? byte ^ 1 : byte))
    const room = open({ file: torn, recoverFile: true })
    await room.ready()
    const [{ sentence } = { sentence: '' }] = room.status
      .getSnapshot()
      .problems.filter(({ code }) => code.startsWith('file'))
    const [, here = 0, lost, waiting] =
      /(\d+) of its pieces can be read, (\d+) cannot. (\d+) of them go on/.exec(sentence) ?? []
    expect(idsIn(room).length).toBeLessThan(4)
    expect([lost, Number(here)]).toEqual(['1', parsed(bytes).frames.length - 1])
    expect(Number(waiting)).toBe(4 - 1 - idsIn(room).length)
    room.dispose()
  })

  it('V19: counts the snapshot among its pieces', async () => {
    const { bytes } = await written(['a'])
    const given = parsed(bytes)
    const whole = writeRoomFile({ ...given, snapshot: new Uint8Array(40) })
    const at = 36 // Behind magic and head.
    const [recovered, lost] = [given.frames.length, 1]
    const torn = whole.map((byte, i) => (i === at + 20 ? byte ^ 1 : byte))
    expect(await refusalOf(torn)).toEqual(['file-damaged', { offset: at, recovered, lost }])
    const short = whole.slice(0, -100)
    expect(await refusalOf(short)).toEqual(['file-damaged', { offset: expect.any(Number), recovered, lost }])
  })

  it('V19: is asked of a room that is open, and of no other', async () => {
    const room = open()
    await expect(room.exportFile()).rejects.toMatchObject({ code: 'room-not-open' })
    await room.ready()
    room.dispose()
    await expect(room.exportFile()).rejects.toMatchObject({ code: 'room-disposed' })
  })
})
