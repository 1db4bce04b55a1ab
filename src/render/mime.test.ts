import { describe, expect, it } from 'vitest'
import { stripBidi } from '../base/plain-name.ts'
import { needsScripts } from './active-html.ts'
import { readFrameMessage, tallestFrame } from './frame-message.ts'
import { imageSource, linkTarget } from './link.ts'
import { chooseMime, textOf } from './mime.ts'

describe('the choice of a form', () => {
  it('takes the richest that can be shown', () => {
    expect(chooseMime({ 'text/plain': 'x', 'text/html': ['<b>', 'x</b>'] }, false)).toEqual({
      kind: 'html',
      html: '<b>x</b>',
      active: false,
    })
    expect(chooseMime({ 'text/plain': 'x', 'image/png': 'AA\nAA' }, false)).toEqual({
      kind: 'image',
      type: 'image/png',
      url: 'data:image/png;base64,AAAA',
    })
    expect(chooseMime({ 'text/plain': 'x', 'text/latex': '$x$' }, false)).toEqual({ kind: 'latex', text: '$x$' })
    expect(chooseMime({ 'application/vnd.x+json': { a: 1 }, 'text/plain': 'x' }, false)).toEqual({
      kind: 'text',
      text: 'x',
    })
  })

  it('prefers a picture to HTML whose scripts would not run', () => {
    const bundle = { 'text/html': '<script>x</script>', 'image/png': 'AAAA' }
    expect(chooseMime(bundle, false).kind).toBe('image')
    expect(chooseMime(bundle, true)).toMatchObject({ kind: 'html', active: true })
  })

  it('reads what nobody listed if it is text or JSON, and runs nothing', () => {
    expect(chooseMime({ 'application/vnd.x+json': { a: 1 } }, true)).toEqual({ kind: 'json', text: '{\n  "a": 1\n}' })
    expect(chooseMime({ 'text/x-python': 'x' }, true)).toEqual({ kind: 'text', text: 'x' })
    expect(chooseMime({ 'application/javascript': 'x', 'text/javascript': 'y' }, true)).toEqual({
      kind: 'unsupported',
      offered: ['application/javascript', 'text/javascript'],
    })
    expect(chooseMime({}, true)).toEqual({ kind: 'unsupported', offered: [] })
  })

  it('takes no data for what it is not', () => {
    expect(chooseMime({ 'image/png': '"><script>' }, false)).toEqual({ kind: 'damaged-image', type: 'image/png' })
    expect(chooseMime({ 'image/png': { a: 1 } }, false).kind).toBe('damaged-image')
    expect(chooseMime({ 'image/svg+xml': '<svg>\uD800</svg>' }, false)).toMatchObject({
      url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg">\uFFFD</svg>')}`,
    })
    expect([textOf(null), textOf(undefined), textOf(3), textOf(['a', 1])]).toEqual([
      'null',
      '',
      '3',
      '[\n  "a",\n  1\n]',
    ])
    expect(Object.hasOwn({}, 'text/html')).toBe(false)
  })
})

describe('HTML that needs scripts', () => {
  it.each([
    '<script>x</script>',
    '<SCRIPT src=x>',
    '<b onclick=x>',
    '<img\nonerror = "x">',
    '<iframe src=x>',
    '<canvas>',
  ])('is %s', html => {
    expect(needsScripts(html)).toBe(true)
  })
  it.each([
    '<p>a < b on x = 1</p>',
    '<table border="1"></table>',
    '<script type="application/json">{}</script>',
    'x onload=1',
  ])('is not %s', html => {
    expect(needsScripts(html)).toBe(false)
  })
})

describe('addresses', () => {
  it('leads to the web or to a letter, and never into the page', () => {
    expect(linkTarget('https://example.org/a b')).toBe('https://example.org/a%20b')
    expect(linkTarget('mailto:a@example.org')).toBe('mailto:a@example.org')
    for (const refused of [
      '',
      '#x',
      '/x',
      'x',
      '//example.org',
      'javascript:x',
      ' \tjava\nscript:x',
      'data:text/html,x',
      'blob:https://x/1',
      'about:blank',
    ]) {
      expect(linkTarget(refused), refused).toBeNull()
    }
  })

  it('takes pictures from the document alone', () => {
    expect(imageSource('data:image/PNG;base64,AA AA', {})).toEqual({
      kind: 'inline',
      url: 'data:image/png;base64,AAAA',
    })
    expect(imageSource('https://example.org:81/a', {})).toEqual({
      kind: 'remote',
      url: 'https://example.org:81/a',
      host: 'example.org:81',
    })
    for (const refused of [
      'x',
      '//x/y',
      'data:text/html;base64,AAAA',
      'data:image/svg+xml,<svg/>',
      'attachment:constructor',
      'attachment:%',
      'file:///x',
    ]) {
      expect(imageSource(refused, {}), refused).toEqual({ kind: 'refused' })
    }
  })
})

describe('messages of a frame', () => {
  it('are heard within bounds', () => {
    expect(readFrameMessage({ type: 'height', height: 12.2 })).toEqual({ type: 'height', height: 13 })
    expect(readFrameMessage({ type: 'height', height: 1e9 })).toEqual({ type: 'height', height: tallestFrame })
    expect(readFrameMessage({ type: 'blocked', host: 'cdn.example.org:8080' })).toEqual({
      type: 'blocked',
      host: 'cdn.example.org:8080',
    })
  })
  it.each([
    null,
    'ready',
    {},
    { type: 'height' },
    { type: 'height', height: Number.NaN },
    { type: 'height', height: '9px' },
    { type: 'blocked', host: 'a b' },
    { type: 'navigate' },
  ])('are not %j', message => {
    expect(readFrameMessage(message)).toBeNull()
  })
})

describe('names', () => {
  it('lose what turns or breaks the line, and keep their letters', () => {
    expect(stripBidi('\u202Eana\u2069\u200F (owner)\n\u2028\x00')).toBe('ana (owner)')
    expect(stripBidi('علي 👩‍🔬 José')).toBe('علي 👩‍🔬 José')
  })
})
