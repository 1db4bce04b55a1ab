/**
 * Which file an address means, and how it is served: pure, so that every hostile address can be tried on it.
 */

/** The segments of a path below the served folder, and whether the address ended in a slash; `null` is no such file. */
export interface StaticPath {
  readonly segments: readonly string[]
  readonly isFolder: boolean
}

/**
 * Reads the path of a request target (`/a/b.js?x`). Refuses whatever could leave the folder or mean something to a file
 * system but nothing to a reader of the address: dot segments (hidden files included), backslashes, NUL, colons.
 */
export function readStaticPath(target: string): StaticPath | null {
  const path = target.split(/[?#]/, 1)[0] ?? ''
  if (!path.startsWith('/')) return null
  const segments: string[] = []
  for (const raw of path.split('/')) {
    if (raw === '') continue
    const segment = decode(raw)
    if (segment === null || segment.startsWith('.') || /[\\/:\0]/.test(segment)) return null
    segments.push(segment)
  }
  return { segments, isFolder: path.endsWith('/') }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const mimeTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  gif: 'image/gif',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  ipynb: 'application/x-ipynb+json; charset=utf-8',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  png: 'image/png',
  py: 'text/x-python; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  tar: 'application/x-tar',
  ttf: 'font/ttf',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json; charset=utf-8',
  webp: 'image/webp',
  whl: 'application/zip',
  woff: 'font/woff',
  woff2: 'font/woff2',
  zip: 'application/zip',
}

export function mimeTypeOf(name: string): string {
  return mimeTypes[extensionOf(name)] ?? 'application/octet-stream'
}

const compressible = new Set([
  'css',
  'html',
  'ipynb',
  'js',
  'json',
  'map',
  'mjs',
  'py',
  'svg',
  'txt',
  'wasm',
  'webmanifest',
])

/** Whether gzip makes it smaller. */
export function isCompressible(name: string): boolean {
  return compressible.has(extensionOf(name))
}

/** Files in `assets/` carry a hash of their content in their name and never change; all others are asked for again. */
export function cachingOf({ segments }: StaticPath): string {
  return segments[0] === 'assets' ? 'public, max-age=31536000, immutable' : 'no-cache'
}

function extensionOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}
