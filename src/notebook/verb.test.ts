import { describe, expect, it } from 'vitest'
import { ANSWER_MAX_LENGTH, readVerb, type Verb } from './verb.ts'

describe('a verb', () => {
  it.each<Verb>([
    { verb: 'restart' },
    { verb: 'interrupt', execution: 'a' },
    { verb: 'interrupt', execution: null },
    { verb: 'reply', execution: 'a', text: 'x'.repeat(ANSWER_MAX_LENGTH) },
  ])('%# is read as it was said', verb => {
    expect(readVerb({ ...verb, more: 1 })).toEqual(verb)
  })

  it.each([
    null,
    7,
    'restart',
    [],
    {},
    { verb: 'shutdown' },
    { verb: 'interrupt' },
    { verb: 'reply', execution: 'a' },
    { verb: 'reply', execution: {}, text: 'x' },
    { verb: 'reply', execution: 'a', text: 'x'.repeat(ANSWER_MAX_LENGTH + 1) },
  ])('%# is none', value => {
    expect(readVerb(value)).toBeNull()
  })
})
