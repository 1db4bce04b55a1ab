/**
 * A folder of built pages over HTTP: GET and HEAD, revalidation by ETag, gzip where it pays.
 */
import { type FileHandle, open, realpath } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { pageHeaders } from '../page-headers.ts'
import { cachingOf, isCompressible, mimeTypeOf, readStaticPath, type StaticPath } from '../static-path.ts'

/** Larger files are sent as they are: compressing them would keep the first reader waiting. */
const GZIP_MAX_BYTES = 4 * 1024 * 1024
/** Smaller ones would fit one packet anyway. */
const GZIP_MIN_BYTES = 1024

const compress = promisify(gzip)

/** `root` has to exist. */
export async function serveFolder(root: string): Promise<RequestListener> {
  const folder = await realpath(root)
  /** By path, for the version that the ETag names. */
  const zipped = new Map<string, { readonly etag: string; readonly bytes: Promise<Buffer> }>()

  function zip(path: string, etag: string, file: FileHandle): Promise<Buffer> {
    const known = zipped.get(path)
    if (known?.etag === etag) return known.bytes
    const bytes = file.readFile().then(content => compress(content))
    zipped.set(path, { etag, bytes })
    bytes.catch(() => zipped.delete(path))
    return bytes
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      say(response, 405, 'Only GET and HEAD are understood here.', { Allow: 'GET, HEAD' })
      return
    }
    const target = request.url ?? '/'
    const asked = readStaticPath(target)
    if (asked === null) {
      say(response, 404, 'There is nothing at this address.')
      return
    }
    const path = asked.isFolder ? { ...asked, segments: [...asked.segments, 'index.html'] } : asked
    const file = await openInside(folder, path)
    if (file === 'folder') {
      const query = /\?[^#]*/.exec(target)?.[0] ?? ''
      const location = `/${path.segments.map(encodeURIComponent).join('/')}/${query}`
      say(response, 308, 'See the folder.', { Location: location })
      return
    }
    if (file === null) {
      say(response, 404, 'There is nothing at this address.')
      return
    }
    try {
      await sendFile(request, response, path, file)
    } finally {
      await file.close()
    }
  }

  async function sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    path: StaticPath,
    file: FileHandle,
  ): Promise<void> {
    const { size, mtimeMs } = await file.stat()
    const name = path.segments.at(-1) ?? ''
    const etag = `W/"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`
    const mayZip = isCompressible(name) && size >= GZIP_MIN_BYTES && size <= GZIP_MAX_BYTES
    response.setHeader('ETag', etag)
    response.setHeader('Cache-Control', cachingOf(path))
    if (mayZip) response.setHeader('Vary', 'Accept-Encoding')
    if (namesTag(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end()
      return
    }
    response.setHeader('Content-Type', mimeTypeOf(name))
    const bytes = mayZip && acceptsGzip(request) ? await zip(path.segments.join('/'), etag, file) : null
    if (bytes !== null) response.setHeader('Content-Encoding', 'gzip')
    response.setHeader('Content-Length', bytes?.length ?? size)
    if (request.method === 'HEAD') response.end()
    else if (bytes !== null) response.end(bytes)
    // The size is what the header promised, even if the file grows meanwhile.
    else if (size > 0) await pipeline(file.createReadStream({ start: 0, end: size - 1, autoClose: false }), response)
    else response.end()
  }

  return (request, response) => {
    for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value)
    respond(request, response).catch(() => {
      // The reader hung up in the middle, or the disk failed: a broken connection says so to either.
      if (response.headersSent) response.destroy()
      else say(response, 500, 'This file could not be read.')
    })
  }
}

/** Opens a file, `'folder'` for a folder, `null` for nothing; a symbolic link that leads outside is nothing. */
async function openInside(folder: string, { segments }: StaticPath): Promise<FileHandle | 'folder' | null> {
  let file: FileHandle
  try {
    const path = await realpath(join(folder, ...segments))
    if (path !== folder && !path.startsWith(folder + sep)) return null
    file = await open(path)
  } catch {
    return null
  }
  const stat = await file.stat()
  if (stat.isFile()) return file
  await file.close()
  return stat.isDirectory() ? 'folder' : null
}

function namesTag(header: string | undefined, etag: string): boolean {
  return header?.split(',').some(tag => tag.trim() === etag) ?? false
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(request.headers['accept-encoding'] ?? ''))
}

function say(response: ServerResponse, status: number, sentence: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(`${sentence}\n`)
}
