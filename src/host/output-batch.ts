/**
 * What a running cell says, gathered for a moment: neighbouring pieces of one stream become one, so that a loop that
 * prints is a few edits a second and not thousands. Pure; the shapes are nbformat's.
 */
import { type Output, outputText } from '../jupyter/nbformat/index.ts'
import type { StoredOutput } from '../jupyter/schema.ts'
import type { KernelEvent } from './kernel.ts'

/** What the next edit has to write. */
export interface OutputBatch {
  /** Removes what was written before `outputs`. */
  readonly clear: boolean
  readonly outputs: readonly StoredOutput[]
  /** Display key → newest version, as nbformat JSON. */
  readonly displays: ReadonlyMap<string, string>
}

export interface OutputGatherer {
  take(event: Exclude<KernelEvent, { type: 'input-request' }>): void
  /** What has come since the last call, or as much of it as one edit should hold; `null` for nothing. */
  flush(): OutputBatch | null
}

/** UTF-16 units of output that one run may leave in the document. */
export const RUN_OUTPUT_MAX_LENGTH = 16 * 1024 * 1024
/** UTF-16 units of JSON of one output. Twice escaped it still fits into one edit. */
export const OUTPUT_MAX_LENGTH = 8 * 1024 * 1024
/** Units of JSON after which a batch is full. */
const BATCH_LENGTH = 2 * 1024 * 1024
/** A longer stream is cut: nothing of it needs to be dropped. */
const STREAM_PIECE_LENGTH = 256 * 1024

const TOO_MUCH = '\n[Supermesh keeps no more output of this run: it is above the limit.]\n'
const TOO_LARGE = '\n[Supermesh did not keep this output: it is above the limit. Save it to a file instead.]\n'

interface Pending {
  readonly output: Output
  readonly display?: string
}

/** @param keyOf - a short key for a display id, which is any text that the code chose */
export function createOutputGatherer(keyOf: (displayId: string) => string): OutputGatherer {
  let outputs: Pending[] = []
  const displays = new Map<string, string>()
  /** Displays that were updated: what is shown under their key later is an update too. */
  const updated = new Set<string>()
  let clear = false
  /** `clear_output(wait=True)`: only what comes next clears. */
  let clearNext = false
  let length = 0
  let full = false

  function clearNow(): void {
    clear = true
    clearNext = false
    outputs = []
  }

  function add(output: Output, display?: string): void {
    if (clearNext) clearNow()
    const last = outputs.at(-1)?.output
    if (output.type === 'stream' && last?.type === 'stream' && last.name === output.name) {
      outputs[outputs.length - 1] = { output: { ...output, text: last.text + output.text } }
    } else {
      outputs.push({ output, ...(display !== undefined && { display }) })
    }
  }

  function update(key: string, output: Output): void {
    updated.add(key)
    displays.set(key, storedText(output))
  }

  /** The first of the pending outputs, or a piece of it. */
  function shift(): StoredOutput | null {
    const first = outputs.shift()
    if (!first) return null
    const { output, display } = first
    if (output.type !== 'stream' || output.text.length <= STREAM_PIECE_LENGTH) {
      return { json: storedText(output), ...(display !== undefined && { display }) }
    }
    const cut = pieceEnd(output.text)
    outputs.unshift({ output: { ...output, text: output.text.slice(cut) } })
    return { json: storedText({ ...output, text: output.text.slice(0, cut) }) }
  }

  return {
    take(event) {
      if (event.type === 'clear_output') {
        if (event.wait) clearNext = true
        else clearNow()
        return
      }
      if (full) return
      length += weigh(event)
      if (length > RUN_OUTPUT_MAX_LENGTH) {
        full = true
        add({ type: 'stream', name: 'stderr', text: TOO_MUCH })
      } else if (event.type === 'update_display_data') {
        const { data, metadata } = event
        update(keyOf(event.displayId), { type: 'display_data', data, metadata })
      } else if (event.type === 'display_data' || event.type === 'execute_result') {
        const { displayId, ...output } = event
        if (displayId === undefined) return add(output)
        const key = keyOf(displayId)
        if (updated.has(key)) update(key, output)
        add(output, key)
      } else {
        add(event)
      }
    },
    flush() {
      if (!clear && outputs.length === 0 && displays.size === 0) return null
      const batch = { clear, outputs: [] as StoredOutput[], displays: new Map<string, string>() }
      let size = 0
      clear = false
      while (size < BATCH_LENGTH) {
        const next = shift()
        if (!next) break
        batch.outputs.push(next)
        size += next.json.length
      }
      for (const [key, json] of displays) {
        if (size >= BATCH_LENGTH) break
        batch.displays.set(key, json)
        displays.delete(key)
        size += json.length
      }
      return batch
    },
  }
}

function storedText(output: Output): string {
  const json = outputText(output)
  return json.length <= OUTPUT_MAX_LENGTH ? json : outputText({ type: 'stream', name: 'stderr', text: TOO_LARGE })
}

/** Where a long text may be cut: not inside a surrogate pair. */
function pieceEnd(text: string): number {
  const last = text.charCodeAt(STREAM_PIECE_LENGTH - 1)
  return last >= 0xd800 && last < 0xdc00 ? STREAM_PIECE_LENGTH - 1 : STREAM_PIECE_LENGTH
}

function weigh(event: Exclude<KernelEvent, { type: 'input-request' | 'clear_output' }>): number {
  if (event.type === 'stream') return event.text.length
  if (event.type === 'error') {
    const { ename, evalue, traceback } = event
    return traceback.reduce((sum, line) => sum + line.length, ename.length + evalue.length)
  }
  return JSON.stringify(event.data).length + JSON.stringify(event.metadata).length
}
