import { expect, it } from 'vitest'
import { fromHex } from '../../base/bytes.ts'
import { linkFrom, openPerson, openSession } from '../../rights/index.ts'
import { personOf } from './authenticity.ts'

const link = linkFrom({ random: new Uint8Array(16).fill(7) })
const { room } = link

async function openAna() {
  const person = await openPerson({ room, storage: 'memory' })
  return { person, session: await openSession({ link, person, name: 'Ana', now: 0 }) }
}

it('P6: a page is of a person when that person’s key vouches for its session, and of nobody else’s', async () => {
  const [{ person, session }, mallory] = [await openAna(), await openAna()]
  expect(await personOf(room, session.authorId, session.introduction)).toBe(person.personId)
  // Somebody else's introduction, another room's, a cut or a forged one vouch for nobody.
  expect(await personOf(room, mallory.session.authorId, session.introduction)).toBeNull()
  expect(await personOf(new Uint8Array(16), session.authorId, session.introduction)).toBeNull()
  expect(await personOf(room, session.authorId, session.introduction.slice(0, -1))).toBeNull()
  const forged = session.introduction.slice()
  forged.set(fromHex(mallory.person.personId), 33)
  expect(await personOf(room, session.authorId, forged)).toBeNull()
})
