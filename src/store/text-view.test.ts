import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLab } from '../testing/lab.ts'
import { defineSchema, list, table, text, value } from './schema.ts'
import { parseAnchor } from './text-view.ts'

const schema = defineSchema('test', { version: 1 }, { pages: table({ body: text(), items: list(value<number>()) }) })

function openPage() {
  const { store } = createLab(schema).open('ana').replica
  store.transact(tx => void tx.pages.create({}, { id: 'p' }))
  const page = () => {
    const record = store.tables.pages.get('p')
    if (!record) throw new Error('the page is gone')
    return record
  }
  return { store, page }
}

describe('the value of a text or list', () => {
  it('S5: an old value keeps its content, whenever it is first read', () => {
    const edit = fc.record({
      at: fc.nat(30),
      remove: fc.nat(3),
      insert: fc.constantFrom('', 'a', 'bc'),
      read: fc.nat(9),
    })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 30 }), edits => {
        const { store, page } = openPage()
        const held = [{ page: page(), body: '', items: [] as number[] }]
        for (const { at, remove, insert, read } of edits) {
          const last = held.at(-1) as (typeof held)[number]
          const index = at % (last.body.length + 1)
          const count = Math.min(remove, last.body.length - index)
          const numbers = [...insert].map(letter => letter.charCodeAt(0))
          store.transact(tx => {
            tx.pages.get('p').body.splice(index, count, insert)
            tx.pages.get('p').items.splice(index, count, numbers)
          })
          const body = last.body.slice(0, index) + insert + last.body.slice(index + count)
          held.push({ page: page(), body, items: last.items.toSpliced(index, count, ...numbers) })
          const some = held[read % held.length] as (typeof held)[number]
          if (read < 3) expect(some.page.body.toString()).toBe(some.body)
        }
        for (const { page, body, items } of held.toReversed()) {
          expect(page.body.toString()).toBe(body)
          expect(page.body.length).toBe(body.length)
          expect(page.items.toArray()).toEqual(items)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('S5: a value may be any number of edits old', () => {
    const { page } = openPage()
    page().body.splice(0, 0, 'first')
    const old = page().body
    for (let i = 0; i < 12_000; i++) page().body.splice(page().body.length, 0, 'x')
    expect(old.toString()).toBe('first')
  })

  it('S5: a value stays as it was though nobody looks at those after it', () => {
    const { page, store } = openPage()
    page().body.splice(0, 0, 'first')
    const old = page().body
    for (const words of [' second', ' third']) {
      store.transact(tx => {
        const { body } = tx.pages.get('p')
        body.splice(body.length, 0, words)
      })
    }
    expect(old.toString()).toBe('first')
  })

  it('S4: an anchor is never inside a character, whoever made it', () => {
    const { page } = openPage()
    page().body.splice(0, 0, 'a😀b')
    for (const side of ['before', 'after'] as const) {
      const anchor = page().body.anchor(2, side)
      expect(page().body.indexOf(anchor)).toBe(1)
      page().body.splice(page().body.indexOf(anchor) ?? 0, 0, '')
    }
    expect([1, 3].map(index => page().body.indexOf(page().body.anchor(index, 'before')))).toEqual([1, 3])
  })

  it('S4: what is no anchor is none', () => {
    const { page } = openPage()
    page().body.splice(0, 0, 'abc')
    for (const junk of ['', 'c', 'a1', 'a.', 'a1.2.3', 'b-1.0', `a${'z'.repeat(12)}.0`, 'a1.1 ']) {
      expect(parseAnchor(junk), junk).toBeNull()
      expect(page().body.indexOf(junk as ReturnType<ReturnType<typeof page>['body']['anchor']>)).toBeNull()
    }
    expect(page().body.indexOf(page().body.anchor(2, 'after'))).toBe(2)
  })
})
