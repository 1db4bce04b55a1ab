import { describe, expect, it } from 'vitest'
import { type ContenderModule, contenders } from './contenders.ts'
import { generateTrace } from './generated-trace.ts'
import { parseTrace, type Trace } from './trace.ts'

/** Several patches an edit, characters of two units, a text to begin with. */
const crowded = parseTrace(
  JSON.stringify({
    startContent: 'one 😀 three',
    endContent: 'ein 😀😀 drei',
    txns: [
      {
        patches: [
          [0, 3, 'ein'],
          [6, 5, 'drei'],
        ],
      },
      { patches: [[5, 0, '😀']] },
    ],
  }),
)
const typed = generateTrace({ seed: 3, edits: 300 })

describe.each(contenders)('$name', ({ name }) => {
  it.each<[string, Trace]>([
    ['many small edits', typed],
    ['crowded edits', crowded],
  ])('comes to the same text everywhere: %s', async (_, { startContent, endContent, txns }) => {
    const { contender }: ContenderModule = await import(`./${name}.ts`)
    const author = contender.author(startContent)
    const follower = contender.follower()
    for (const update of author.beginning) follower.apply(update)
    expect(author.text()).toBe(startContent)
    expect(follower.text()).toBe(startContent)
    for (const { patches } of txns) follower.apply(author.edit(patches))
    expect(author.text()).toBe(endContent)
    expect(follower.text()).toBe(endContent)
    const loaded = contender.load(author.snapshot())
    expect(loaded.text()).toBe(endContent)
    loaded.edit([1, 2, 'ab'])
    expect(loaded.text()).toBe(`${endContent[0]}ab${endContent.slice(3)}`)
  })
})
