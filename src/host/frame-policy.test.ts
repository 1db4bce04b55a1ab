import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FRAME_SCRIPT_HASH, frameDocument, framePolicy } from './frame-policy.ts'

const program = readFileSync(new URL('./io/python/frame.js', import.meta.url), 'utf8')

test('the hash is that of the frame’s program', () => {
  expect(FRAME_SCRIPT_HASH).toBe(`'sha256-${createHash('sha256').update(program).digest('base64')}'`)
})

test('the program does not end its own script element', () => {
  expect(frameDocument(program, []).split(/<\/script/i)).toHaveLength(2)
})

test('without sites nothing can be fetched, and a site cannot smuggle in a directive', () => {
  expect(framePolicy([])).toContain("connect-src 'none'")
  expect(framePolicy(['https://a.example/x; script-src *'])).toMatch(/connect-src https:\/\/a\.example$/)
})
