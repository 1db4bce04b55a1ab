/**
 * A session to replay where no recorded one is at hand: one author, one character an edit, in bursts.
 *
 * The numbers are those of the collection's `automerge-paper` (259,778 edits): how long people type or delete before they
 * do something else, how often they move away, and how far. Lengths and distances have a log-normal distribution: most
 * are short, a few very long, and the few make most of the text.
 */
import { createDice, type Dice } from '../../src/testing/dice.ts'
import { createPlainText, units } from './plain-text.ts'
import type { Patch, Trace } from './trace.ts'

/** A log-normal distribution by its median; two thirds lie within a factor of e^spread of it. */
interface Spread {
  readonly median: number
  readonly spread: number
}

const TYPED: Spread = { median: 9, spread: 1.6 }
const DELETED: Spread = { median: 2.5, spread: 2 }
const MOVED: Spread = { median: 46, spread: 2.2 }
const LONGEST = 6_000
/** After typing, people delete; or else they move first. */
const DELETES_AT_ONCE = 0.3
/** After deleting, people type; or else they move first. */
const TYPES_AT_ONCE = 0.76
const TYPES_AFTER_MOVING = 0.54
const MOVES_FORWARD = 0.6
const DELETES_BACKWARD = 0.62
/** As often as each comes in English with some markup. */
const CHARACTERS = units('      eeeeettttaaaiiiooonnnsssrrrhhllmmdd\\ccppf{}u,$\ngybwx._()kv-0A')

export function generateTrace({ seed, edits }: { readonly seed: number; readonly edits: number }): Trace {
  const dice = createDice(seed)
  const text = createPlainText('', units)
  const txns: { readonly patches: readonly Patch[] }[] = []
  let caret = 0
  let typing = true

  function write(...patch: Patch): void {
    text.splice(...patch)
    txns.push({ patches: [patch] })
  }

  function move(): void {
    const distance = draw(dice, MOVED) * (dice.chance(MOVES_FORWARD) ? 1 : -1)
    caret = Math.min(text.length, Math.max(0, caret + distance))
  }

  function burst(): void {
    const rest = Math.min(draw(dice, typing ? TYPED : DELETED), edits - txns.length)
    const backward = dice.chance(DELETES_BACKWARD)
    for (let i = 0; i < rest; i++) {
      if (typing) write(caret++, 0, dice.pick(CHARACTERS))
      else if (backward && caret > 0) write(--caret, 1, '')
      else if (!backward && caret < text.length) write(caret, 1, '')
      else break
    }
  }

  while (txns.length < edits) {
    burst()
    if (dice.chance(typing ? DELETES_AT_ONCE : TYPES_AT_ONCE)) typing = !typing
    else {
      move()
      typing = dice.chance(TYPES_AFTER_MOVING)
    }
  }
  return { startContent: '', endContent: text.toString(), txns }
}

/** A whole number from 1 to {@link LONGEST}. */
function draw(dice: Dice, { median, spread }: Spread): number {
  const uniform = () => (dice.roll(2 ** 32) + 1) / 2 ** 32
  const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return Math.min(LONGEST, Math.max(1, Math.round(median * Math.exp(spread * normal))))
}
