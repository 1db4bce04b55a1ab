/**
 * Cells as a page shows them, from tables and from how runs stand. What did not change stays the same object. Pure.
 */
import { asJsonText } from '../jupyter/json-text.ts'
import { attachmentsOf, type Output, outputOf } from '../jupyter/nbformat/index.ts'
import { NOTEBOOK_ID, type NotebookTables, type StoredOutput } from '../jupyter/schema.ts'
import type { Readers, ReadRecord } from '../store/record.ts'
import { phaseOf, type RunWorld, resultOf } from '../supernode/run.ts'
import type { Cell, CellType, Run } from './notebook.ts'

type CellRecord = ReadRecord<NotebookTables['cells']['fields']>
type ExecutionRecord = ReadRecord<NotebookTables['executions']['fields']>

export interface CellViews {
  /** The cells now; the same array when none of them changed. */
  read(world: RunWorld): readonly Cell[]
}

const TYPES: readonly string[] = ['code', 'markdown', 'raw'] satisfies CellType[]
const NO_ATTACHMENTS = Object.freeze({})

export function createCellViews(tables: Readers<NotebookTables>): CellViews {
  let shown: readonly Cell[] = []
  const cells = new Map<string, { readonly record: CellRecord; readonly run: Run | null; readonly cell: Cell }>()
  const runs = new Map<string, { readonly record: ExecutionRecord; readonly key: string; readonly run: Run }>()
  /** Outputs are parsed once: an item of a list is the same object in every later version of the list. */
  const parsed = new WeakMap<StoredOutput, Output>()

  function outputsOf({ outputs, displays }: ExecutionRecord): readonly Output[] {
    return outputs.toArray().flatMap(stored => {
      const newest = stored.display === undefined ? undefined : displays.get(stored.display)
      if (newest !== undefined) return parse(newest)
      const known = parsed.get(stored) ?? parse(stored.json)[0]
      if (known) parsed.set(stored, known)
      return known ?? []
    })
  }

  function runOf(id: string | null, world: RunWorld): Run | null {
    const record = id === null ? undefined : tables.executions.get(id)
    if (!record) return null
    const state = record.request === null ? 'imported' : phaseOf(record, world)
    const mine = record.request?.peer === world.self
    const key = `${state} ${mine}`
    const known = runs.get(record.id)
    if (known?.record === record && known.key === key) return known.run
    const run: Run = {
      id: record.id,
      state,
      askedBy: record.request?.name ?? '',
      ranBy: record.claim?.name ?? '',
      executionCount: resultOf(record)?.executionCount ?? null,
      outputs: outputsOf(record),
      sentence: sentenceOf(record, state),
      prompt: record.prompt && state === 'running' ? { ...record.prompt, mine } : null,
    }
    runs.set(record.id, { record, key, run })
    return run
  }

  function cellOf(record: CellRecord, world: RunWorld): Cell {
    const run = runOf(record.execution, world)
    const known = cells.get(record.id)
    if (known?.record === record && known.run === run) return known.cell
    const cell: Cell = {
      id: record.id,
      type: TYPES.includes(record.type) ? (record.type as CellType) : 'raw',
      source: record.source,
      run,
      attachments: known?.record.shape === record.shape ? known.cell.attachments : attachmentUrls(record.shape),
    }
    cells.set(record.id, { record, run, cell })
    return cell
  }

  return {
    read(world) {
      // A cell that two people brought back at once may stand in the list twice: the first place counts.
      const order = new Set(tables.notebooks.get(NOTEBOOK_ID)?.cells.toArray() ?? [])
      const next = [...order].flatMap(id => {
        const record = tables.cells.get(id)
        return record ? cellOf(record, world) : []
      })
      const same = next.length === shown.length && next.every((cell, i) => cell === shown[i])
      if (!same) shown = Object.freeze(next)
      return shown
    },
  }
}

function parse(json: string): readonly Output[] {
  const text = asJsonText(json)
  return text === null ? [] : [outputOf(text)]
}

function sentenceOf({ claim, go }: ExecutionRecord, state: Run['state']): string {
  if (state === 'refused') return claim?.sentence ?? ''
  if (state !== 'lost') return ''
  return go
    ? `This may have run on the page of ${claim?.name || 'somebody'}, which no longer runs code here. Run it again?`
    : 'The page that asked for this has gone, and nobody saw it start. Run it again?'
}

function attachmentUrls(shape: string | null): Cell['attachments'] {
  const text = shape === null ? null : asJsonText(shape)
  if (text === null) return NO_ATTACHMENTS
  const urls: Record<string, string> = {}
  for (const [name, bundle] of attachmentsOf(text)) {
    const image = Object.entries(bundle).find(([mime, data]) => mime.startsWith('image/') && typeof data === 'string')
    if (image) urls[name] = `data:${image[0]};base64,${String(image[1])}`
  }
  return urls
}
