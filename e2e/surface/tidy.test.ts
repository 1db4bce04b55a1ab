import { expect, it } from 'vitest'
import { tidy } from './tidy.ts'

const BUNDLED = `import { ReactNode } from "react";

// ../declarations/src/room.d.ts
/** A room. */
interface Room {
  /** Its name. */
  readonly name: string;
}
declare function open(): Room;
declare function show(): ReactNode;
export { type Room, open, show };`

const TIDY = `// The public surface of supermesh/react, made by "npm run api".

import { ReactNode } from "react";

/** A room. */
interface Room {
  /** Its name. */
  readonly name: string;
}

declare function open(): Room;

declare function show(): ReactNode;

export {
  type Room,
  open,
  show,
};
`

it('sets declarations apart, lists one export a line and names no folder', () => {
  expect(tidy(BUNDLED, { specifier: 'supermesh/react' })).toBe(TIDY)
})

it('leaves what is tidy as it is', () => {
  const again = TIDY.split('\n').slice(1).join('\n')
  expect(tidy(again, { specifier: 'supermesh/react' })).toBe(TIDY)
})
