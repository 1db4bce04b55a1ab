/**
 * The outputs below a cell, kept equal to a list that changes many times a second.
 *
 * What did not change is not touched. Everything in the list is a stranger's: whatever cannot be shown becomes a sentence
 * in its place, and never an exception in the page.
 */
import { arrange, changeBetween } from '../arrangement.ts'
import type { Output } from '../output.ts'
import { createRichView, type RenderOptions, sentence } from './rich-view.ts'
import { createStreamView } from './stream-view.ts'

export interface OutputArea {
  /** Shows `outputs`. Outputs that are the same objects as before cost nothing. */
  update(outputs: readonly Output[]): void
  dispose(): void
}

interface View {
  readonly element: HTMLElement
  /** Takes over what comes after `before` without a new element, if it can. */
  follow(before: Output, after: Output): boolean
  dispose(): void
}

/** @param host belongs to the area until it is disposed of; `render.css` gives it its looks */
export function createOutputArea(host: HTMLElement, options: RenderOptions = {}): OutputArea {
  const root = document.createElement('div')
  root.className = 'sm-outputs'
  host.append(root)
  let shown: readonly Output[] = []
  let views: View[] = []

  return {
    update(outputs) {
      const next = arrange(outputs)
      const before = shown
      for (const view of views.slice(next.length)) view.dispose()
      views = next.map((output, i) => {
        const [view, old] = [views[i], before[i]]
        if (view !== undefined && old !== undefined && followed(view, old, output)) return view
        const fresh = createView(output, options)
        if (view === undefined) root.append(fresh.element)
        else {
          view.element.before(fresh.element)
          view.dispose()
        }
        return fresh
      })
      shown = next
    },
    dispose() {
      for (const view of views) view.dispose()
      views = []
      shown = []
      root.remove()
    },
  }
}

/** One output on its own; @returns what ends it. */
export function renderOutput(output: Output, host: HTMLElement, options: RenderOptions = {}): { dispose(): void } {
  const area = createOutputArea(host, options)
  area.update([output])
  return { dispose: area.dispose }
}

/** Values nested too deeply to walk through are simply drawn again. */
function followed(view: View, before: Output, after: Output): boolean {
  try {
    return view.follow(before, after)
  } catch {
    return false
  }
}

function createView(output: Output, options: RenderOptions): View {
  try {
    return viewOf(output, options)
  } catch {
    return unchanging(sentence('This output could not be shown. Open the notebook in Jupyter to see it.'))
  }
}

function viewOf(output: Output, options: RenderOptions): View {
  switch (output.type) {
    case 'stream': {
      const stream = createStreamView(output.text, output.name === 'stderr' ? 'sm-stderr' : 'sm-stdout')
      return {
        element: stream.element,
        follow(before, after) {
          const change = changeBetween(before, after)
          if (change.type === 'grow') stream.grow(change.text)
          return change.type !== 'replace'
        },
        dispose: () => stream.element.remove(),
      }
    }
    case 'display_data':
    case 'execute_result': {
      const rich = createRichView(output, options)
      return {
        element: rich.element,
        follow(before, after) {
          if (changeBetween(before, after).type === 'keep') return true
          return (after.type === 'display_data' || after.type === 'execute_result') && rich.become(after)
        },
        dispose: rich.dispose,
      }
    }
    case 'error': {
      const text = output.traceback.length > 0 ? output.traceback.join('\n') : `${output.ename}: ${output.evalue}`
      return unchanging(createStreamView(text, 'sm-error').element)
    }
    case 'unknown':
      return unchanging(
        sentence('This output is of a kind that this page does not know. Open the notebook in Jupyter to see it.'),
      )
  }
}

function unchanging(element: HTMLElement): View {
  return {
    element,
    follow: (before, after) => changeBetween(before, after).type === 'keep',
    dispose: () => element.remove(),
  }
}
