/** docs/limits.md is made of the exported constants: `npx vitest run docs -u` writes it anew. */
import { expect, it } from 'vitest'
import { LIMITS } from '../src/index.ts'
import { NOTEBOOK_MAX_BYTES } from '../src/jupyter.ts'

interface Row {
  readonly of: string
  readonly unit: string
  /** What meets what is above. */
  readonly above: string
}

const stored = { above: '`transaction-too-large`: write it in several transactions' }
const ROWS: Readonly<Record<keyof typeof LIMITS, Row>> = {
  transactionBytes: { of: 'what one transaction writes', unit: 'bytes', ...stored },
  transactionOperations: {
    of: 'fields, map keys, items of sets, insertions, moves and removed ranges in one transaction',
    unit: 'pieces',
    ...stored,
  },
  transactionSplices: {
    of: 'insertions, removals and moves of texts and lists among them',
    unit: 'pieces',
    ...stored,
  },
  valueLevels: { of: 'nesting in one value', unit: 'levels', above: '`value-not-json`' },
  nameCharacters: {
    of: 'the name of a table or field, the id of a record',
    unit: 'characters',
    above: '`name-unsafe`',
  },
  mapKeyBytes: { of: 'a key of a map', unit: 'bytes', above: '`name-unsafe`' },
  presenceCharacters: {
    of: 'what a page says of itself, as JSON, its name and colour included',
    unit: 'UTF-16 units',
    above: '`presence-too-large`',
  },
  channelNameBytes: { of: 'the name of a channel', unit: 'bytes', above: '`name-unsafe`' },
  messageBytes: { of: 'a message on a channel, as JSON', unit: 'bytes', above: '`message-too-large`' },
  personNameCharacters: { of: 'the name of a person, as others see it', unit: 'UTF-16 units', above: 'cut' },
  linkServers: { of: 'signaling servers that a link names', unit: 'servers', above: '`bad-signaling`' },
  sessions: {
    of: 'page loads that have written to a room, ever',
    unit: 'sessions',
    above: 'refused: what a further one writes reaches nobody',
  },
}

const number = (n: number) => n.toLocaleString('en')
const line = (name: string, { of, unit, above }: Row, max: number) =>
  `| ${name} | ${of} | ${number(max)} ${unit} | ${above} |`

it('the page of limits says what the constants say', async () => {
  const rows = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map(key => line(`\`${key}\``, ROWS[key], LIMITS[key]))
  const notebook = {
    of: 'a notebook file',
    unit: 'bytes',
    above: 'refused with a sentence, before anything is imported',
  }
  const page = [
    '# Limits',
    '',
    'Every bound of a room, with what meets whatever is above it. The first column names it in `LIMITS`, which',
    '`supermesh` exports. A code is that of a `SupermeshError`, thrown where something is written, before anything has',
    'changed. What other pages send above a bound is not taken, and `room.refusals` tells.',
    '',
    '| `LIMITS` | bounds | at most | above it |',
    '|---|---|---|---|',
    ...rows,
    line('`NOTEBOOK_MAX_BYTES` of `supermesh/jupyter`', notebook, NOTEBOOK_MAX_BYTES),
    '',
    'The kit bounds neither tables nor records: what a page can hold does. Nor does it bound the pages of a room, in which every',
    'page has a link to every other.',
    '',
    'Undo has a bound where a page came to a room by a snapshot: the last 1,000 entries in it, and what came later. Anything older is',
    '`edit-forgotten`. A page takes one when it is new and lacks 4,000 entries or more, or when nobody has the edits that it lacks. A',
    'snapshot of more than 64 MiB cannot be sent: edits are asked for instead, of those who have them.',
    '',
  ]
  await expect(page.join('\n')).toMatchFileSnapshot('limits.md')
})
