import { describe, expect, it } from 'vitest'
import { SupermeshError } from '../../base/error.ts'
import { openMesh } from './open-mesh.ts'

const self = 'a'.repeat(32)
const options = {
  topic: 'a room',
  signaling: ['ws://127.0.0.1:9/'],
  seal: async (plain: Uint8Array<ArrayBuffer>) => plain,
  open: async (sealed: Uint8Array<ArrayBuffer>) => sealed,
}

describe('a mesh where there is no browser', () => {
  it('can be imported and opened, says what is missing, and dials nobody', () => {
    const mesh = openMesh({ ...options, self })
    mesh.open()
    expect(mesh.status.getSnapshot()).toMatchObject({
      signaling: [{ state: 'closed' }],
      connected: 0,
      problem: { code: 'no-webrtc' },
    })
    expect(mesh.send('b'.repeat(32), new Uint8Array(1))).toEqual({ failed: 'not-connected' })
    mesh.setSignaling([])
    expect(mesh.status.getSnapshot().signaling).toEqual([])
    mesh.dispose()
    mesh.dispose()
    expect(() => mesh.open()).toThrow(SupermeshError)
  })

  it('refuses an id that is none', () => {
    expect(() => openMesh({ ...options, self: 'Ana' })).toThrow(SupermeshError)
  })
})
