/** One cell: its text, how its run stands, what came out, and who else is in it. */
import { type CSSProperties, lazy, memo, Suspense, useLayoutEffect, useMemo, useRef } from 'react'
import { type Cell, notebookSchema, type Run } from 'supermesh/jupyter'
import { useMe, useObservable, useOthers } from 'supermesh/react'
import { Icon } from '../chrome/icon.tsx'
import type { CellActions } from './cell-actions.ts'
import { CellTools } from './cell-tools.tsx'
import type { Command } from './command-keys.ts'
import { InputPrompt, RunNote } from './run-note.tsx'
import type { NotebookSession } from './session.ts'
import { useNear } from './use-near.ts'

const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }))
const MarkdownView = lazy(async () => ({ default: (await import('./markdown-view.tsx')).MarkdownView }))
const Outputs = lazy(async () => ({ default: (await import('./outputs.tsx')).Outputs }))

export interface CellViewProps {
  readonly cell: Cell
  readonly selected: boolean
  readonly editing: boolean
  readonly readOnly: boolean
  readonly session: NotebookSession
  readonly actions: CellActions
}

export const CellView = memo(function CellView(props: CellViewProps) {
  const { cell, selected, editing, readOnly, actions } = props
  const { id, type, run } = cell
  const element = useRef<HTMLElement>(null)
  const near = useNear(element) || (selected && editing)
  const visitors = useOthers(notebookSchema, person => (person.peers.some(isIn(id)) ? person : null))
  const rendered = type === 'markdown' && !(selected && editing)
  const running = run !== null && ['waiting', 'claimed', 'running'].includes(run.state)

  // Before the next key arrives: it belongs to the cell that is selected now, even while its editor is on its way.
  useLayoutEffect(() => {
    const article = element.current
    if (!selected || !article || (editing && article.contains(document.activeElement))) return
    article.focus({ preventScroll: true })
    bringIntoView(article)
  }, [selected, editing])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the notebook around
    <article
      ref={element}
      className="cell"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the command mode has its focus here
      tabIndex={0}
      aria-label={type === 'code' ? 'Code cell' : type === 'markdown' ? 'Markdown cell' : 'Raw cell'}
      aria-current={selected}
      data-testid="cell"
      data-cell-id={id}
      data-cell-type={type}
      data-run-state={run?.state ?? 'none'}
      data-editing={selected && editing}
      onFocus={event => {
        if (event.target === element.current && !selected) actions.select(id, false)
      }}
      onClick={event => {
        if (!selected && !event.currentTarget.contains(document.activeElement)) actions.select(id, false)
      }}
      onDoubleClick={() => {
        if (rendered && !readOnly) actions.select(id, true)
      }}
    >
      <div className="cell-gutter">
        {type === 'code' && (
          <>
            <button
              type="button"
              className="cell-run"
              data-testid="run-cell"
              aria-label="Run this cell"
              title="Run (Ctrl+Enter)"
              disabled={readOnly}
              onClick={() => actions.perform('run', id)}
            >
              <Icon name="run" />
            </button>
            <span className="cell-count" data-testid="execution-count">
              {running ? (
                <span className="spinner" role="img" aria-label="Running" />
              ) : (
                `[${run?.executionCount ?? ' '}]`
              )}
            </span>
          </>
        )}
      </div>
      <div className="cell-main">
        {selected && !readOnly && <CellTools cell={cell} actions={actions} />}
        <Suspense fallback={<Preview cell={cell} />}>
          {!near ? (
            <Preview cell={cell} />
          ) : rendered && cell.source.length > 0 ? (
            <MarkdownView source={cell.source.toString()} attachments={cell.attachments} />
          ) : rendered ? (
            <p className="cell-empty">Empty Markdown. Double-click, or press Enter, to write.</p>
          ) : (
            <Editor {...props} />
          )}
        </Suspense>
        {/* Apart: what is loaded for the first output must not take the editor, its caret and its undo, away meanwhile. */}
        <Suspense>{type === 'code' && run && near && <RunView {...props} run={run} />}</Suspense>
      </div>
      {visitors.length > 0 && (
        <ul className="cell-visitors" aria-label="Others in this cell">
          {visitors.map(({ id: person, name, colour }) => (
            <li key={person} style={{ '--sm-person': colour } as CSSProperties} title={name}>
              <span className="visually-hidden">{name}</span>
            </li>
          ))}
        </ul>
      )}
    </article>
  )
})

/** In the place of a cell that could not be drawn; it can be deleted like any other. */
export function BrokenCell({ id, actions }: { readonly id: string; readonly actions: CellActions }) {
  return (
    <article
      className="cell"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the command mode has its focus here
      tabIndex={0}
      aria-label="Broken cell"
      data-testid="broken-cell"
      data-cell-id={id}
      onFocus={() => actions.select(id, false)}
    >
      <div className="cell-gutter" />
      <p className="cell-empty">This cell cannot be shown.</p>
    </article>
  )
}

function Editor({ cell, selected, editing, readOnly, session, actions }: CellViewProps) {
  const { id, type, source } = cell
  const { room } = session
  const bound = useMemo(
    () => ({
      keys: {
        leave: () => actions.select(id, false),
        perform: (command: Command) => actions.perform(command, id),
        step: (by: 1 | -1) => actions.step(id, by, true),
      },
      onFocus: () => actions.select(id, true),
      undo: room.undoManager({ tables: ['cells'], records: [id] }),
    }),
    [actions, id, room],
  )
  const focused = selected && editing
  return <CodeEditor {...bound} text={source} room={room} type={type} readOnly={readOnly} focused={focused} />
}

function RunView({ cell, run, session, actions }: CellViewProps & { readonly run: Run }) {
  const me = useMe()
  const { notebook } = session
  const supernode = useObservable(notebook.supernode)
  return (
    <>
      {run.outputs.length > 0 && <Outputs outputs={run.outputs} />}
      {run.prompt && (
        <InputPrompt prompt={run.prompt} askedBy={run.askedBy} onAnswer={text => notebook.answer(run.id, text)} />
      )}
      <RunNote run={run} me={me?.name ?? ''} supernode={supernode} onRunAgain={() => actions.perform('run', cell.id)} />
    </>
  )
}

/** Whether a page's person is in the cell `id`. */
const isIn = (id: string) => (page: { readonly presence: { readonly cell: string | null } }) =>
  page.presence.cell === id

/** The text before its editor is there, in the same place and size. */
function Preview({ cell }: { readonly cell: Cell }) {
  return <pre className={`preview editor-${cell.type}`}>{cell.source.toString()}</pre>
}

/** Like `scrollIntoView`, but a cell that is taller than the page stays where it is while any of it shows. */
function bringIntoView(element: Element): void {
  const { top, bottom, height } = element.getBoundingClientRect()
  if (height > innerHeight && top < innerHeight && bottom > 0) return
  element.scrollIntoView({ block: 'nearest' })
}
