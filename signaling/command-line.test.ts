import { describe, expect, it } from 'vitest'
import { readCommandLine } from './command-line.ts'

const program = { name: 'supermesh-signaling', purpose: 'Relays.', port: 4444 }
const read = (text: string) => readCommandLine(text === '' ? [] : text.split(' '), program)

describe('the command line', () => {
  it.each([
    ['', { host: '127.0.0.1', port: 4444, portChosen: false }],
    ['--port 0', { host: '127.0.0.1', port: 0, portChosen: true }],
    ['--port=8080 --host ::1', { host: '::1', port: 8080, portChosen: true }],
  ])('reads "%s"', (text, options) => {
    expect(read(text)).toEqual({ type: 'run', ...options })
  })

  it.each([
    ['--prot 1', '--prot'],
    ['-p 1', '-p'],
    ['serve', '"serve"'],
    ['--port', '--port'],
    ['--port x', '--port'],
    ['--port 65536', '--port'],
    ['--port -1', '--port'],
    ['--host', '--host'],
    ['--host --port', '--host'],
  ])('says what is wrong with "%s"', (text, named) => {
    expect(read(text)).toMatchObject({ type: 'mistake', sentence: expect.stringContaining(named) })
  })

  it('explains itself', () => {
    expect(read('--help')).toMatchObject({ type: 'help', text: expect.stringContaining('--port N') })
  })
})
