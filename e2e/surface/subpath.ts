/**
 * The subpaths of the package that have types, as its `exports` map lists them.
 */
export interface Subpath {
  /** As a consumer imports it: `supermesh/react`. */
  readonly specifier: string
  /** Its file in `api/`: `react.d.ts`. */
  readonly file: string
  /** The entry module's declarations, inside the folder of emitted ones. */
  readonly declaration: string
}

/** What several subpaths name, told once, so that a change to it is one change to review. It is nobody's to import. */
export const SHARED: Subpath = { specifier: 'what several subpaths share', file: 'shared.d.ts', declaration: '' }

/** Where `npm run build` emits what the package holds. */
const EMITTED = './lib/'

/** @param exports - a `package.json`'s; style sheets and data have no types and are left out */
export function readSubpaths(exports: Readonly<Record<string, unknown>>): Subpath[] {
  return Object.entries(exports).flatMap(([key, conditions]) => {
    const types = typesOf(conditions)
    if (types === null) return []
    if (!types.startsWith(EMITTED)) throw new Error(`The types of "${key}" are not in ${EMITTED}: ${types}`)
    const inside = key.slice('./'.length)
    return [
      {
        specifier: ['supermesh', inside].filter(part => part !== '').join('/'),
        file: `${inside === '' ? 'index' : inside.replaceAll('/', '.')}.d.ts`,
        declaration: types.slice(EMITTED.length),
      },
    ]
  })
}

function typesOf(conditions: unknown): string | null {
  const types = typeof conditions === 'object' && conditions !== null && 'types' in conditions ? conditions.types : null
  return typeof types === 'string' ? types : null
}
