/**
 * What has its place in the API and is not there yet. Each call says so with one typed error, so that what builders write
 * today compiles, and tells them at once.
 */
import { SupermeshError } from '../base/error.ts'
import type { JsonValue } from '../protocol/patch.ts'

/** Names content by its hash. Opaque; safe to store. */
export type BlobId = string & { readonly __blob: true }

export interface BlobOptions {
  readonly signal?: AbortSignal
  /** @param share - from 0 to 1 */
  readonly onProgress?: (share: number) => void
}

/** Files beside the document, fetched when they are wanted. */
export interface Blobs {
  /** @throws SupermeshError `not-yet` */
  put(content: Blob): Promise<BlobId>
  /** @throws SupermeshError `not-yet` */
  get(id: BlobId, options?: BlobOptions): Promise<Blob>
}

export interface Job {
  readonly id: string
  readonly body: JsonValue
  /** The person who asked. */
  readonly by: string
}

/** Work that one page does for all, at most once. */
export interface Jobs {
  /** @throws SupermeshError `not-yet` */
  serve(name: string, work: (job: Job, options: { readonly signal: AbortSignal }) => Promise<JsonValue>): () => void
  /** @throws SupermeshError `not-yet` */
  request(name: string, body: JsonValue, options?: { readonly signal?: AbortSignal }): Promise<JsonValue>
}

export function notYet(what: string): SupermeshError {
  return new SupermeshError('not-yet', `${what} not offered yet.`, { what })
}

const BLOBS = 'Blobs are'
const JOBS = 'Jobs are'

export const blobsNotYet: Blobs = {
  put: () => Promise.reject(notYet(BLOBS)),
  get: () => Promise.reject(notYet(BLOBS)),
}

export const jobsNotYet: Jobs = {
  serve() {
    throw notYet(JOBS)
  },
  request: () => Promise.reject(notYet(JOBS)),
}
