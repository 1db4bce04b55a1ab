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
  /** Display id → newest version. */
  readonly displays: ReadonlyMap<string, string>
}

export interface OutputGatherer {
  take(event: Exclude<KernelEvent, { type: 'input-request' }>): void
  /** What has come since the last call; `null` for nothing. */
  flush(): OutputBatch | null
}

/** Characters of output that one run may leave in the document. */
export const RUN_OUTPUT_MAX_LENGTH = 16 * 1024 * 1024

const TOO_MUCH = '\n[Supermesh keeps no more output of this run: it is above the limit.]\n'

export function createOutputGatherer(): OutputGatherer {
  let outputs: { output: Output; display?: string }[] = []
  let displays = new Map<string, string>()
  let clear = false
  /** `clear_output(wait=True)`: only what comes next clears. */
  let clearNext = false
  let length = 0
  let full = false

  function add(output: Output, display?: string): void {
    if (clearNext) {
      clear = true
      clearNext = false
      outputs = []
    }
    const last = outputs.at(-1)?.output
    if (output.type === 'stream' && last?.type === 'stream' && last.name === output.name) {
      outputs[outputs.length - 1] = { output: { ...output, text: last.text + output.text } }
    } else {
      outputs.push({ output, ...(display !== undefined && { display }) })
    }
  }

  return {
    take(event) {
      if (event.type === 'clear_output') {
        if (event.wait) clearNext = true
        else {
          clear = true
          outputs = []
        }
        return
      }
      if (full) return
      length += weigh(event)
      if (length > RUN_OUTPUT_MAX_LENGTH) {
        full = true
        add({ type: 'stream', name: 'stderr', text: TOO_MUCH })
      } else if (event.type === 'update_display_data') {
        displays.set(event.displayId, outputText({ ...event, type: 'display_data' }))
      } else if (event.type === 'display_data' || event.type === 'execute_result') {
        const { displayId, ...output } = event
        add(output, displayId)
      } else {
        add(event)
      }
    },
    flush() {
      if (!clear && outputs.length === 0 && displays.size === 0) return null
      const stored = outputs.map(({ output, display }) => ({
        json: outputText(output),
        ...(display !== undefined && { display }),
      }))
      const batch = { clear, outputs: stored, displays }
      outputs = []
      displays = new Map()
      clear = false
      return batch
    },
  }
}

function weigh(event: KernelEvent): number {
  if (event.type === 'stream') return event.text.length
  if (event.type === 'error') return event.traceback.reduce((sum, line) => sum + line.length, 0)
  return 'data' in event ? JSON.stringify(event.data).length : 0
}
