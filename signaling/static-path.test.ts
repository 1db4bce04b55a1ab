import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cachingOf, mimeTypeOf, readStaticPath } from './static-path.ts'

describe('a static path', () => {
  it.each([
    ['/', [], true],
    ['/index.html', ['index.html'], false],
    ['/todo/?x=/../y#z', ['todo'], true],
    ['//evil.example/a%20b.js', ['evil.example', 'a b.js'], false],
  ])('reads %s', (target, segments, isFolder) => {
    expect(readStaticPath(target)).toEqual({ segments, isFolder })
  })

  it.each([
    '/../secret',
    '/%2e%2e/secret',
    '/a/..%2fsecret',
    '/a%5c..%5csecret',
    '/.git/config',
    '/%00',
    '/%',
    '/c:/x',
    'x',
    '',
  ])('refuses %s', target => expect(readStaticPath(target)).toBeNull())

  it('never leads outside the folder, on any system', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      '%00',
      'c:',
      'a',
      '%25',
      '%c0%ae',
      '?',
      '#',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), pieces => {
        const path = readStaticPath(`/${pieces.join('')}`)
        for (const segment of path?.segments ?? []) {
          expect(posix.join('/pages', segment)).toBe(`/pages/${segment}`)
          expect(win32.join('c:\\root', segment)).toBe(`c:\\root\\${segment}`)
        }
      }),
    )
  })

  it('knows what browsers insist on', () => {
    expect(['a.wasm', 'a.mjs', 'a.JS', 'a.whl', 'a.unknown', 'LICENSE'].map(mimeTypeOf)).toEqual([
      'application/wasm',
      'text/javascript; charset=utf-8',
      'text/javascript; charset=utf-8',
      'application/zip',
      'application/octet-stream',
      'application/octet-stream',
    ])
    expect(cachingOf({ segments: ['assets', 'index-1a2b.js'], isFolder: false })).toContain('immutable')
    expect(cachingOf({ segments: ['index.html'], isFolder: false })).toBe('no-cache')
  })
})
