/**
 * A notebook in a room, as a page sees it: cells in order, how each run stands, who runs the code.
 */
import type { Observable } from '../base/subscribe.ts'
import type { Output } from '../jupyter/nbformat/index.ts'
import type { TextValue } from '../store/record.ts'

export type CellType = 'code' | 'markdown' | 'raw'

/** `lost`: its supernode went away after the start was agreed; it may have run, and nobody repeats it unasked. */
export type RunState = 'waiting' | 'claimed' | 'running' | 'done' | 'failed' | 'refused' | 'lost' | 'imported'

export interface Run {
  readonly id: string
  readonly state: RunState
  /** Name of the person who asked; empty for imported outputs. */
  readonly askedBy: string
  /** Name of the person whose page runs it. */
  readonly ranBy: string
  readonly executionCount: number | null
  readonly outputs: readonly Output[]
  /** For `refused` and `lost`: why, and what to do. */
  readonly sentence: string
  /** An open `input()`, which only the person who asked for the run can answer. */
  readonly prompt: { readonly text: string; readonly password: boolean; readonly mine: boolean } | null
}

export interface Cell {
  readonly id: string
  readonly type: CellType
  readonly source: TextValue
  readonly run: Run | null
  /** Attachments of a Markdown cell: name to data URL. */
  readonly attachments: Readonly<Record<string, string>>
}

export interface SupernodeStatus {
  /** `nobody`: no page here can run code. */
  readonly state: 'nobody' | 'electing' | 'idle' | 'starting' | 'busy' | 'restarting' | 'dead'
  /** Whose page it is. */
  readonly name: string
  readonly self: boolean
  /** For people: `Python in the browser`, `Jupyter Server (Python 3)`. */
  readonly kernel: string
  /** While the kernel loads; bytes where they are known. */
  readonly progress: { readonly stage: string; readonly loaded?: number; readonly total?: number } | null
  /** A sentence that has to be shown until it is dismissed, such as "Python moved to Ana, variables are gone." */
  readonly notice: string
  /** Why the kernel could not be started, with a next step; empty when all is well. */
  readonly problem: string
}

export type ImportResult =
  | { readonly ok: true; readonly migrations: readonly string[] }
  | { readonly ok: false; readonly sentence: string }

export interface Notebook {
  readonly title: Observable<string>
  rename(title: string): void
  /** The same array until something shown changes; a cell is the same object until it changes. */
  readonly cells: Observable<readonly Cell[]>
  readonly supernode: Observable<SupernodeStatus>
  /** @returns the new cell's id */
  addCell(type: CellType, index: number, source?: string): string
  removeCell(id: string): void
  /** Brings a removed cell back with all that it held, outputs included. @param index - where, among the cells shown */
  restoreCell(id: string, index: number): void
  moveCell(id: string, index: number): void
  setCellType(id: string, type: CellType): void
  run(id: string): void
  /** Runs all code cells, in order; stops asking at the first that fails. */
  runAll(): void
  interrupt(): void
  restart(): void
  clearOutputs(): void
  answer(runId: string, text: string): void
  dismissNotice(): void
  readonly empty: boolean
  /** Puts a file's cells in the place of what is here. Ask first when the notebook is not `empty`. */
  importFile(file: string | Uint8Array, name: string): ImportResult
  /** The notebook as the text of an `.ipynb` file. */
  exportFile(): string
  /**
   * Offers the own Jupyter Server to the room, and takes the lead.
   * @param address - as Jupyter prints it, token included; it stays in this page
   * @throws SupermeshError whose message is a sentence for the person
   */
  offerServer(address: string): Promise<void>
  /** Back to Python in the browser. */
  offerEmbedded(): Promise<void>
  dispose(): void
}
