/** docs/errors.md is made of these rows and of the problems' own sentences: `npx vitest run docs -u` writes it anew. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseLink } from '../src/index.ts'
import { problemOf } from '../src/mesh/problem.ts'
import { PROBLEMS } from '../src/room/problems.ts'

/** Code → what it says, by where it is thrown. */
const ERRORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'A schema': {
    'name-unsafe':
      'a table, a field, a record, a map key, a channel or a schema cannot be called so; the message says what can',
    'name-reserved': 'a table called `id`, `version`, `tables` or `presence`, or a field called `id`',
    'table-unknown': 'the schema has no such table',
    'field-required':
      'a field without an initial value: it was not given at creation, or is one that needs it, of presence or of a later version',
    'version-invalid':
      'a version, or the `since` of a field, is not a whole number from 1 up to the version of the schema',
    'rule-invalid': 'a rule of a table is none of `own`, `run`, `edit`, `view`, each alone or with ` or author`',
  },
  'What is written': {
    'field-unknown': 'the table, or the presence, has no such field',
    'record-missing': 'there is no record of this id, or it was removed',
    'value-wrong-type':
      'the value is not what the field is made for, or not accepted by the schema; or it is written in another way; or a listener or a transaction is no function, or something in a schema is no table or field',
    'value-not-json': 'JSON would lose something of the value; `path` says where',
    'value-frozen':
      'a map or a set that was read, or a field of a draft, is not written to by itself; frozen records throw what the language throws',
    'index-out-of-range': 'an index or a count is not a whole number, or outside',
    'inside-surrogate-pair': 'an index of a text lies inside a character',
    'text-ill-formed': 'half a surrogate pair is no text',
    'number-out-of-range':
      'a counter takes whole numbers, and 2^31 at most in one transaction, all of its additions together',
    'transaction-too-large': 'write it in several transactions; `of` names the bound, see [limits](limits.md)',
    'transaction-async': 'a transaction writes at once; it gave a promise',
    'transaction-over': 'its callback has returned',
    'not-allowed': 'the own link does not allow it, by the rule of the table',
    'presence-too-large': 'more than a page may say of itself',
    'message-too-large': 'more than a message on a channel may have',
  },
  Undo: {
    'edit-unknown': 'there is no such edit here',
    'edit-forgotten': 'it is in the snapshot that this page came by, too far back',
    'undo-inside-transaction': 'undo and redo are edits of their own',
    'option-invalid': 'an option, here or of an anchor or a simulated world, has a value that it cannot have',
  },
  'A room': {
    'room-not-open': 'wait for `ready()` before you write',
    'room-disposed': 'the room has been closed',
    'room-open': 'a room is not forgotten while a page has it open',
    'bad-signaling': 'an address of a signaling server begins with `wss://` or `ws://`; a link names a few at most',
    'right-too-strong': 'a link makes weaker links only',
    'not-yet': 'has its place and its types, and is not there yet',
    'no-room': 'a hook outside a `<RoomProvider>`',
    'other-schema':
      'a hook, or a simulated world, was given another schema than the room has; what a link or a file leads to is not told by it',
    'client-only': 'a Suspense hook was called on a server',
    'bad-length': '`newLink` needs 16 random bytes',
  },
  'A keeper': {
    quota: 'the device is full',
    'keeper-failed': 'nothing is kept here, or the disk does not answer',
    'keeper-outdated': 'a newer page keeps the room in a way that this one does not know',
    'keeper-emptied':
      'what was kept is gone while the page has it open; a keeper says so once, and the room gives it all again',
  },
  'A notebook and its kernels': {
    'notebook-missing': 'the room has no notebook yet',
    'mint-id-repeats': '`mintId` has to make fresh ids that nbformat allows',
    'no-backend': 'this page was given no way to run code like that',
    'peer-missing': 'a package that this subpath needs is not installed',
    aborted: 'the signal that was given has ended it',
    'python-download-failed': 'Python could not be downloaded',
    'python-start-failed': 'Python could not be started in this page',
    'bad-address': 'no address of a Jupyter Server',
    'server-unreachable': 'no Jupyter Server answers there',
    'server-refused': 'the Jupyter Server answered with an error',
    'origin-refused': 'the Jupyter Server does not allow this page; `flag` says how it would',
    'mixed-content': 'a page by https cannot reach a server by http',
    'wrong-token': 'the Jupyter Server does not accept this token',
    'no-kernel-spec': 'the Jupyter Server has no kernel installed',
    'kernel-lost': 'the kernel has ended, or is not on the server any more',
    'kernel-disposed': 'the kernel was let go',
    'attempt-repeated': 'an attempt is executed at most once',
    'interrupt-failed': 'the kernel could not be interrupted',
    'interrupt-needs-isolation': 'Python in a page is interrupted only where the page is cross-origin isolated',
    'restart-failed': 'the kernel could not be restarted',
    'input-too-long': 'an answer to `input()` is too long',
  },
  'A simulated world': {
    'name-unknown': 'nobody in the world is called so',
    'simulation-broken': 'a room of the world could not be opened',
  },
}

/** Mistakes within the kit: nothing that a page does may lead to one. */
const INTERNAL = ['bad-introduction', 'deliver-inside-transaction', 'mesh-disposed', 'no-answer', 'peer-id-malformed']

function codesInSource(): readonly string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  const sources = files.filter(name => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  return sources.flatMap(name => {
    const source = readFileSync(`src/${name}`, 'utf8')
    return Array.from(source.matchAll(/new SupermeshError\(\s*'([a-z-]+)'/g), ([, code]) => code ?? '')
  })
}

const rowsOf = (errors: Readonly<Record<string, string>>) =>
  Object.entries(errors).map(([code, what]) => `| \`${code}\` | ${what} |`)

function problemRows(): readonly string[] {
  const working = { webrtc: true, signaling: [], connected: 0, unreachable: 1, turn: false }
  const retrying = [{ url: '', state: 'retrying' }] as const
  const open = [{ url: '', state: 'open' }] as const
  const ofMesh = [
    problemOf({ ...working, webrtc: false }),
    problemOf(working),
    problemOf({ ...working, signaling: retrying }),
    problemOf({ ...working, signaling: open }),
  ]
  const links = ['', 'https://example.org/', '#1e', `#2${'a'.repeat(20)}`].map(parseLink)
  const ofLinks = links.flatMap(link =>
    link.ok ? [] : { code: `link-${link.problem}`, sentence: link.sentence, nextStep: 'The sentence says it.' },
  )
  const all = [...Object.values(PROBLEMS), ...ofMesh.flatMap(problem => problem ?? []), ...ofLinks]
  return all.map(({ code, sentence, nextStep }) => `| \`${code}\` | ${sentence} | ${nextStep} |`)
}

it('the page of errors has every code that is thrown, and no other', () => {
  const listed = Object.values(ERRORS).flatMap(Object.keys)
  expect([...new Set(codesInSource())].sort()).toEqual([...listed, ...INTERNAL].sort())
})

it('the page of errors says what problems say', async () => {
  const page = [
    '# Errors and problems',
    '',
    'A *mistake* is thrown as a `SupermeshError`, with a `code` and `details`, and nothing has changed. What may happen to anybody is a',
    '*problem* in the status of a room, for as long as there is one. What somebody else sends and nobody takes is a *refusal*, told by',
    '`room.refusals`; its codes are in [PROTOCOL.md](../PROTOCOL.md). Codes stay, sentences may change.',
    '',
    ...Object.entries(ERRORS).flatMap(([where, errors]) => [
      `## ${where}`,
      '',
      '| code | what is wrong |',
      '|---|---|',
      ...rowsOf(errors),
      '',
    ]),
    '## Problems of a room',
    '',
    'Those of links and files and `insecure-origin` are also the codes with which `ready()` rejects. Where `fill` or an own',
    'transport throws, it rejects with that.',
    '',
    '| code | sentence | next step |',
    '|---|---|---|',
    ...problemRows(),
    '',
  ]
  await expect(page.join('\n')).toMatchFileSnapshot('errors.md')
})
