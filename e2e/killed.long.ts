/**
 * Part of `npm run test:long`: a browser that is killed while somebody types loses nothing that was said to be saved.
 */
import { formatLink, newLink } from '../src/index.ts'
import { buildPage } from './fixture/page-build.ts'
import { openStaticHost, type StaticHost } from './fixture/static-host.ts'
import { expect, test } from './fixture/test.ts'

const KILLS = 20

let host: StaticHost

test.beforeAll(async () => {
  host = await openStaticHost({ '/room/': await buildPage('typing-room') })
})

test.afterAll(() => host.dispose())

test(`${KILLS} kills while typing lose no word that was saved`, async ({ visitors }) => {
  test.setTimeout(600_000)
  const address = `${host.url}room/#${formatLink(newLink())}`
  const saved = new Set<string>()
  const places = new Set<string>()
  let found: readonly string[] = []
  let lost: readonly string[] = []
  for (let kills = 0; kills <= KILLS; kills++) {
    const ana = await visitors.open('Ana')
    let begun = false
    await ana.page.exposeFunction('typingBegins', (words: readonly string[]) => {
      found = words
      lost = [...saved].filter(word => !words.includes(word))
      begun = true
    })
    await ana.page.exposeFunction('wordSaved', (word: string, where: string) => {
      saved.add(word)
      places.add(where)
    })
    await ana.page.goto(address)
    await expect.poll(() => begun, { intervals: [10] }).toBe(true)
    expect(lost).toEqual([])
    // Each word once, in its order: a torn tail may lack the last ones, and nothing within.
    expect(found).toEqual(found.map((_, i) => String(i)))
    const enough = saved.size + 10 + ((kills * 37) % 120)
    await expect.poll(() => saved.size, { intervals: [5] }).toBeGreaterThan(enough)
    await ana.kill()
  }
  expect([...places]).toEqual(['disk'])
  expect(found.length).toBeGreaterThan(KILLS * 10)
})
