/**
 * The four rights, in their order: what a link gives, a certificate proves and a table asks for.
 */

/** Strongest first. */
export const RIGHTS = ['own', 'run', 'edit', 'view'] as const
/** `own` changes rights, `run` executes code, `edit` writes, `view` reads; each includes those after it. */
export type Right = (typeof RIGHTS)[number]

/** Whether who holds `held` may do what asks for `asked`. */
export function includesRight(held: Right, asked: Right): boolean {
  const rung = RIGHTS.indexOf(held)
  return rung >= 0 && rung <= RIGHTS.indexOf(asked)
}
