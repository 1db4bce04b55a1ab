/**
 * Where the others are in this text: a caret with a flag that names its person, and a tint over what is selected.
 *
 * Drawn in layers beside the text and never in it, so that a composition under way (IME, autocorrection) is not disturbed.
 */
import { EditorSelection, type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state'
import { EditorView, type LayerMarker, layer, RectangleMarker, type ViewUpdate } from '@codemirror/view'

/** Positions are UTF-16 units in the editor's document. */
export interface Caret {
  /** The peer's id. */
  readonly id: string
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly anchor: number
  readonly head: number
  /** Differs when the person moved, and not when only the text around moved. */
  readonly place: string
}

export const caretsMoved = StateEffect.define<readonly Caret[]>()

const carets = StateField.define<readonly Caret[]>({
  create: () => [],
  update(before, transaction) {
    let now = before
    if (transaction.docChanged && now.length > 0) {
      now = now.map(caret => ({
        ...caret,
        anchor: transaction.changes.mapPos(caret.anchor),
        head: transaction.changes.mapPos(caret.head),
      }))
    }
    for (const effect of transaction.effects) {
      if (effect.is(caretsMoved)) {
        const { length } = transaction.newDoc
        now = effect.value.filter(({ anchor, head }) => Math.max(anchor, head) <= length)
      }
    }
    return now
  },
})

const isStale = ({ startState, state }: ViewUpdate) => startState.field(carets) !== state.field(carets)

const tints = layer({
  above: false,
  class: 'sm-remote-selections',
  update: isStale,
  markers: view =>
    view.state.field(carets).flatMap(({ anchor, head, colour }) => {
      if (anchor === head) return []
      const range = EditorSelection.range(anchor, head)
      return RectangleMarker.forRange(view, 'sm-remote-selection', range).map(part => tint(part, colour))
    }),
})

const flags = layer({
  above: true,
  class: 'sm-remote-carets',
  update: isStale,
  markers: view =>
    view.state.field(carets).flatMap(caret => {
      const range = EditorSelection.cursor(caret.head)
      return RectangleMarker.forRange(view, 'sm-remote-caret', range).map(part => flag(part, caret))
    }),
})

interface Tint extends LayerMarker {
  readonly part: RectangleMarker
  readonly colour: string
}

function tint(part: RectangleMarker, colour: string): Tint {
  return {
    part,
    colour,
    eq: other => sameBox(part, (other as Tint).part) && (other as Tint).colour === colour,
    draw() {
      const element = part.draw()
      // By the CSSOM, which a content policy without 'unsafe-inline' allows.
      element.style.setProperty('--sm-person', colour)
      return element
    },
  }
}

interface Flag extends LayerMarker {
  readonly part: RectangleMarker
  readonly caret: Caret
}

function flag(part: RectangleMarker, caret: Caret): Flag {
  const isOfSame = (other: Caret) =>
    other.id === caret.id && other.name === caret.name && other.colour === caret.colour && other.place === caret.place
  return {
    part,
    caret,
    eq: other => sameBox(part, (other as Flag).part) && isOfSame((other as Flag).caret),
    draw() {
      const element = part.draw()
      element.style.setProperty('--sm-person', caret.colour)
      const name = document.createElement('span')
      name.className = 'sm-remote-name'
      name.dir = 'auto'
      name.textContent = caret.name
      element.append(name)
      // Near the top there is no room above the line.
      if (part.top < 20) element.classList.add('sm-remote-caret-low')
      return element
    },
    update(element, before) {
      // Drawn anew when the person moved, which shows the flag again; pushed along when only the text did.
      if (!isOfSame((before as Flag).caret)) return false
      element.style.left = `${part.left}px`
      element.style.top = `${part.top}px`
      element.style.height = `${part.height}px`
      return true
    },
  }
}

function sameBox(a: RectangleMarker, b: RectangleMarker): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height
}

const looks = EditorView.baseTheme({
  '.sm-remote-selection': { background: 'color-mix(in srgb, var(--sm-person) 25%, transparent)' },
  '.sm-remote-caret': { borderLeft: '2px solid var(--sm-person)', marginLeft: '-1px', pointerEvents: 'none' },
  // Lighter where the page is dark.
  '@supports (color: light-dark(black, white))': {
    '.sm-remote-caret': {
      borderLeftColor: 'light-dark(var(--sm-person), color-mix(in srgb, var(--sm-person), white 50%))',
    },
  },
  '.sm-remote-name': {
    position: 'absolute',
    bottom: '100%',
    left: '-2px',
    padding: '0 5px',
    borderRadius: '4px 4px 4px 0',
    background: 'var(--sm-person)',
    color: '#fff',
    font: '600 11px/16px system-ui, sans-serif',
    whiteSpace: 'nowrap',
    animation: 'sm-remote-name 3s forwards',
  },
  '.sm-remote-caret-low .sm-remote-name': { bottom: 'auto', top: '100%', borderRadius: '0 4px 4px 4px' },
  '@keyframes sm-remote-name': { '0%, 80%': { opacity: 1 }, '100%': { opacity: 0 } },
})

/** Those of the others, where they are now. */
export const caretsIn = (state: EditorState): readonly Caret[] => state.field(carets)

export function caretLayers(): Extension {
  return [carets, tints, flags, looks]
}
