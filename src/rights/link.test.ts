import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { RIGHTS } from '../protocol/right.ts'
import { leadsTo, linkFrom, strongerLink, weakenLink } from './link.ts'
import { formatLink, parseLink } from './link-text.ts'

const RANDOM = fromHex('000102030405060708090a0b0c0d0e0f')
const own = linkFrom({ random: RANDOM })
const secret16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => new Uint8Array(bytes))
const hints = fc.subarray(['wss://signal.example.org', 'wss://a.example/path?x=1', 'ws://localhost:4444'])
const anyLink = fc
  .record({ random: secret16, signaling: hints, right: fc.constantFrom(...RIGHTS) })
  .map(({ random, signaling, right }) => weakenLink(linkFrom({ random, signaling }), right))

function problemOf(text: string): string {
  const parsed = parseLink(text)
  return parsed.ok ? `ok ${parsed.link.right}` : parsed.problem
}

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof SupermeshError ? error.code : `not ours: ${error}`
  }
  return 'nothing thrown'
}

describe('a link', () => {
  test('X4 is written as it always was', () => {
    const texts = RIGHTS.map(right => formatLink(weakenLink(own, right)))
    expect(texts).toEqual([
      '1oZBNh-RTotPiNRwXPxewCEQABAgMEBQYHCAkKCwwNDg88pw',
      '1rZBNh-RTotPiNRwXPxewCEQ-mj9XGQM1pewT-SHfv4_AayQ',
      '1eZBNh-RTotPiNRwXPxewCEb9ljG0xOinqLL2PP_yQM8b7sQ',
      '1vZBNh-RTotPiNRwXPxewCEULKPPn92WICvCceEbZmrBN7ng',
    ])
    const withHints = linkFrom({ random: RANDOM, signaling: ['wss://signal.example.org/', 'ws://localhost:4444'] })
    expect(withHints.signaling).toEqual(['wss://signal.example.org', 'ws://localhost:4444'])
    expect(formatLink(withHints)).toBe(
      '1oZBNh-RTotPiNRwXPxewCEQABAgMEBQYHCAkKCwwNDg-N3g.c2lnbmFsLmV4YW1wbGUub3JnIHdzOi8vbG9jYWxob3N0OjQ0NDQ',
    )
  })

  test('X4 reads back what was written: bare, as a fragment, in an address', () => {
    fc.assert(
      fc.property(anyLink, link => {
        const text = formatLink(link)
        for (const shown of [text, `#${text}`, `https://app.example/room?a=b#${text}`, ` ${text}\n`]) {
          expect(parseLink(shown)).toEqual({ ok: true, link })
        }
      }),
      { numRuns: 50 },
    )
  })

  test('X5 with one character changed, whichever it is, is never taken for a link', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~ /#%é'
    for (const link of [own, weakenLink(own, 'edit'), linkFrom({ random: RANDOM, signaling: ['wss://a.example'] })]) {
      const text = formatLink(link)
      for (let at = 0; at < text.length; at++) {
        for (const character of alphabet) {
          if (character === text[at]) continue
          const changed = text.slice(0, at) + character + text.slice(at + 1)
          const isFuture = at === 0 && /[2-9]/.test(character)
          expect([changed, problemOf(`#${changed}`)]).toEqual([changed, isFuture ? 'newer-version' : 'damaged'])
        }
      }
    }
  })

  test('X5 with neighbours swapped, characters lost or something appended, is damaged', () => {
    const text = formatLink(linkFrom({ random: RANDOM, signaling: ['wss://signal.example.org'] }))
    const bare = formatLink(own)
    for (let at = 0; at < text.length - 1; at++) {
      const swapped = text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2)
      if (swapped !== text) expect([swapped, problemOf(`#${swapped}`)]).toEqual([swapped, 'damaged'])
    }
    for (let length = 1; length < text.length; length++) expect(problemOf(text.slice(0, length))).toBe('damaged')
    for (const tail of ['A', '.', '.QQ', '=', '?x']) expect(problemOf(bare + tail)).toBe('damaged')
  })

  test('X5 for an owner is refused when its room does not follow from its secret', () => {
    const other = linkFrom({ random: fromHex('ff0102030405060708090a0b0c0d0e0f') })
    expect(problemOf(formatLink({ ...own, room: other.room }))).toBe('damaged')
  })

  test('X6 problems are told apart, each with a sentence', () => {
    expect(problemOf('')).toBe('empty')
    expect(problemOf(' # ')).toBe('empty')
    expect(problemOf('https://app.example/')).toBe('no-secret')
    expect(problemOf('https://app.example/#')).toBe('no-secret')
    expect(problemOf('#2-usage')).toBe('damaged')
    expect(problemOf(`#3x${'A'.repeat(60)}`)).toBe('newer-version')
    const parsed = parseLink('https://app.example/')
    expect(parsed.ok ? '' : parsed.sentence).toMatch(/^This address lacks .*Ask for the link again.*\.$/)
  })

  test('X6 garbage of any kind and length is a problem, not an exception', () => {
    const near = fc.string().map(tail => `#1e${tail}`)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), near, fc.webUrl()), text => {
        expect(parseLink(text).ok).toBe(false)
      }),
      { numRuns: 2000 },
    )
    expect(problemOf(' '.repeat(10_000) + formatLink(own))).toBe('damaged')
  })

  test('X7 becomes weaker, never stronger', () => {
    for (const held of RIGHTS) {
      for (const asked of RIGHTS) {
        const make = () => weakenLink(weakenLink(own, held), asked)
        if (RIGHTS.indexOf(held) <= RIGHTS.indexOf(asked)) expect(make()).toEqual(weakenLink(own, asked))
        else expect(codeOf(make)).toBe('right-too-strong')
      }
    }
  })

  test('X7 the stronger of two is chosen only when it proves to include the other', () => {
    const edit = weakenLink(own, 'edit')
    const forged = { ...weakenLink(own, 'run'), secret: RANDOM }
    expect(strongerLink(edit, own)).toBe(own)
    expect(strongerLink(own, edit)).toBe(own)
    expect(leadsTo(forged, edit)).toBe(false)
    expect(strongerLink(edit, forged)).toBe(edit)
  })

  test('mistakes of a developer are errors with a code', () => {
    expect(codeOf(() => linkFrom({ random: RANDOM.slice(1) }))).toBe('bad-length')
    for (const address of ['https://a.example', 'wss://u:p@a.example', 'wss://a.example/#x', 'a.example', '']) {
      expect([address, codeOf(() => linkFrom({ random: RANDOM, signaling: [address] }))]).toEqual([
        address,
        'bad-signaling',
      ])
    }
    const many = Array.from({ length: 5 }, (_, i) => `wss://${i}.example`)
    expect(codeOf(() => linkFrom({ random: RANDOM, signaling: many }))).toBe('bad-signaling')
  })
})
