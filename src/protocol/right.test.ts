import { expect, it } from 'vitest'
import { includesRight, RIGHTS, type Right } from './right.ts'

it('a right includes itself and those after it, and what is no right includes nothing', () => {
  const included = RIGHTS.map(held => RIGHTS.filter(asked => includesRight(held, asked)).length)
  expect(included).toEqual([4, 3, 2, 1])
  expect(RIGHTS.map(asked => includesRight('bogus' as Right, asked))).toEqual([false, false, false, false])
  expect(RIGHTS.map(held => includesRight(held, 'bogus' as Right))).toEqual([false, false, false, false])
})
