import { describe, expect, it } from 'vitest'
import { type Bytes, toUtf8 } from '../base/bytes.ts'
import type { Message, VouchedSnapshot } from '../protocol/message.ts'
import { createLab, type LabPeer } from '../testing/lab.ts'
import { type LifeTables, lifeSchema } from '../testing/life.ts'
import type { SnapshotPolicy } from './events.ts'

type Peer = LabPeer<LifeTables>

const POLICY: Partial<SnapshotPolicy> = { horizon: 5, worth: 20 }

function open(rewrite?: (message: Message) => Message) {
  const lab = createLab(lifeSchema, rewrite)
  const ana = lab.open('ana', { snapshots: POLICY })
  ana.replica.store.transact(tx => void tx.notes.create({ title: '' }, { id: 'n' }))
  lab.flush()
  return { lab, ana }
}

const type = ({ replica: { store } }: Peer, words: string) =>
  [...words].map(
    character =>
      store.transact(tx => {
        const { title } = tx.notes.get('n')
        title.splice(title.length, 0, character)
      }) as { store: number; sequence: number },
  )
const title = ({ replica: { store } }: Peer) => store.tables.notes.get('n')?.title.toString()
const counted = ({ effects }: Peer, type: string) => effects.filter(effect => effect.type === type).length
const describes = (...peers: readonly Peer[]) => peers.map(({ replica }) => replica.store.describe())

/** Heartbeats until everybody has heard everything. */
function settle(lab: ReturnType<typeof open>['lab']): void {
  for (let i = 0; i < 6; i++) {
    lab.flush()
    lab.tick()
  }
  lab.flush()
}

describe('catching up', () => {
  it('Y31: who lacks much takes a snapshot, and the frames after it', () => {
    const { lab, ana } = open()
    type(ana, 'a long text that nobody wants to hear again')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    expect(title(ben)).toBe('a long text that nobody wants to hear again')
    expect(counted(ben, 'replaced')).toBe(1)
    // The last five transactions and what vouches came along.
    expect(ben.replica.sync.frames().length).toBeLessThan(10)
    type(ben, '!')
    type(ana, '?')
    settle(lab)
    expect(describes(ben)).toEqual(describes(ana))
    expect(title(ana)).toHaveLength(45)
  })

  it('Y31: who lacks little takes frames', () => {
    const { lab, ana } = open()
    type(ana, 'short')
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    expect([title(ben), counted(ben, 'replaced')]).toEqual(['short', 0])
  })

  it('Y32: from whom nobody has to believe anything, frames are taken', () => {
    const lab = createLab(lifeSchema)
    const ana = lab.open('ana', { snapshots: { ...POLICY, vouches: false } })
    ana.replica.store.transact(tx => void tx.notes.create({ title: '' }, { id: 'n' }))
    type(ana, 'a long text that nobody vouches for')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    expect([title(ben), counted(ben, 'replaced')]).toEqual(['a long text that nobody vouches for', 0])
  })

  it('Y33: who was away comes back with what was written there, by a snapshot of those who have no frames any more', () => {
    const { lab, ana } = open()
    const away = lab.open('away', { snapshots: POLICY })
    lab.link(ana, away)
    type(ana, 'begun, ')
    settle(lab)
    lab.unlink(ana, away)
    const [edit] = type(away, 'far away')
    away.replica.store.undo([edit as never])
    type(ana, 'and a long text that was written in between')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    lab.unlink(ana, ben)
    expect(ben.replica.sync.frames().length).toBeLessThan(12)
    lab.link(ben, away)
    settle(lab)
    expect(describes(ben)).toEqual(describes(away))
    lab.link(ana, ben)
    settle(lab)
    expect(describes(ana)).toEqual(describes(away))
    expect(title(away)).toContain('ar away')
  })

  it('Y34: an undo of what is forgotten waits for a snapshot in which it is done', () => {
    const { lab, ana } = open()
    const [first] = type(ana, 'a long text of which the first letter goes')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    expect(counted(ben, 'replaced')).toBe(1)
    const [own] = type(ben, '!')
    settle(lab)
    expect(() => ben.replica.store.undo([first as never])).toThrow(expect.objectContaining({ code: 'edit-forgotten' }))
    ana.replica.store.undo([first as never])
    settle(lab)
    expect(title(ben)).toBe(' long text of which the first letter goes!')
    expect(counted(ben, 'replaced')).toBe(2)
    expect(ben.replica.store.isUndone(first as never)).toBe(true)
    ben.replica.store.undo([own as never])
    settle(lab)
    expect(describes(ben)).toEqual(describes(ana))
  })

  it('Y36: a file of who came by a snapshot is enough for a newcomer, and costs whoever has all frames nothing', () => {
    const { lab, ana } = open()
    const older = lab.open('older', { snapshots: POLICY })
    lab.link(ana, older)
    settle(lab)
    lab.unlink(ana, older)
    type(ana, 'a long text of which a copy is kept')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    const { base, frames } = ben.replica.sync
    const file = { snapshot: base?.bytes as Bytes, frames: frames() }
    for (const peer of [lab.open('cleo', { snapshots: POLICY }), older, ana]) {
      peer.replica.handle({ type: 'snapshot-imported', ...file })
      lab.flush()
      peer.replica.handle({ type: 'imported', frames: file.frames })
      lab.flush()
      expect(describes(peer), peer.name).toEqual(describes(ben))
    }
    expect([counted(older, 'replaced'), counted(ana, 'replaced')]).toEqual([1, 0])
  })

  it('Y36: a snapshot in a file for which none of its frames vouches is left alone', () => {
    const { ana } = open()
    const snapshot = ana.replica.sync.snapshot(5)
    ana.replica.handle({ type: 'snapshot-imported', snapshot, frames: ana.replica.sync.frames() })
    expect(ana.effects.at(-1)).toMatchObject({ type: 'refused', code: 'snapshot-not-vouched', from: null })
  })

  it.each<[string, (vouched: VouchedSnapshot) => VouchedSnapshot, string]>([
    [
      'changed on the way',
      ({ bytes, checkpoint }) => ({ bytes: flipped(bytes, Buffer.from(bytes).indexOf('a long text')), checkpoint }),
      'snapshot-not-vouched',
    ],
    ['cut off on the way', ({ bytes, checkpoint }) => ({ bytes: bytes.slice(0, -1), checkpoint }), 'truncated'],
    [
      'vouched for by another seal',
      ({ bytes, checkpoint: { author, bytes: frame } }) => ({ bytes, checkpoint: { author, bytes: flipped(frame) } }),
      'snapshot-not-vouched',
    ],
    [
      'vouched for by nobody',
      ({ bytes }) => ({ bytes, checkpoint: { author: toUtf8('nobody'.padEnd(16)), bytes } }),
      'seal-length',
    ],
  ])('Y35: a snapshot is not believed when it is %s', (_, forge, code) => {
    const { lab, ana } = open(message =>
      message.type === 'snapshot' && message.vouched ? { ...message, vouched: forge(message.vouched) } : message,
    )
    type(ana, 'a long text that somebody changes on the way')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab)
    expect(ben.effects.flatMap(effect => (effect.type === 'refused' ? effect.code : []))).toEqual([code])
    expect([title(ben), counted(ben, 'replaced')]).toEqual(['a long text that somebody changes on the way', 0])
  })

  it('Y35: nor one that nobody has asked for', () => {
    const { lab, ana } = open()
    const ben = lab.open('ben', { snapshots: POLICY })
    const vouched = { checkpoint: { author: ana.author, bytes: new Uint8Array(9) }, bytes: new Uint8Array(9) }
    ben.replica.handle({ type: 'message-arrived', from: ana.id, message: { type: 'snapshot', scope: 0, vouched } })
    expect(ben.effects).toMatchObject([{ type: 'refused', code: 'snapshot-not-wanted' }])
  })
})

/** With one byte changed, the last one if none is named. */
function flipped(bytes: Bytes, at = bytes.length - 1): Bytes {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
