/**
 * Printed text in the page: what was drawn stays, new lines are appended, and only the open line is drawn again.
 *
 * Of a very long output the end is drawn, with a sentence and a button for the rest. Nothing here is parsed as HTML.
 */
import { type AnsiStyle, lookOf, plainStyle } from '../ansi.ts'
import { blockLines, blocksToDrop, type Extent, lineLimit, outputLimit } from '../excerpt.ts'
import type { Line } from '../open-line.ts'
import { emptyScreen, print } from '../screen.ts'

export interface StreamView {
  readonly element: HTMLElement
  /** Prints `text` behind everything that was printed before. */
  grow(text: string): void
}

interface Block extends Extent {
  readonly element: HTMLElement
}

/** @param className put on the view beside `sm-stream`, to tell kinds of text apart */
export function createStreamView(text: string, className: string): StreamView {
  const element = document.createElement('div')
  element.className = `sm-stream ${className}`
  const page = document.createElement('pre')
  const openLine = document.createElement('span')
  let all = ''
  let limit: Extent = outputLimit
  let screen = emptyScreen
  let blocks: Block[] = []
  let hiddenLines = 0
  let notice: HTMLElement | null = null

  const draw = (more: string) => {
    const [next, finished] = print(screen, more)
    screen = next
    for (let i = 0; i < finished.length; i += blockLines) addBlock(finished.slice(i, i + blockLines))
    const tail = blocksToDrop(blocks, limit)
    for (const block of blocks.slice(0, tail)) {
      hiddenLines += block.lines
      block.element.remove()
    }
    blocks = blocks.slice(tail)
    openLine.replaceChildren(...lineNodes(screen.open, limit.characters))
    showNotice()
  }

  const addBlock = (lines: readonly Line[]) => {
    const last = blocks.at(-1)
    const joins = last !== undefined && last.lines + lines.length <= blockLines
    const container = joins ? last.element : document.createElement('span')
    const nodes = lines.flatMap(line => [...lineNodes(line, limit.characters), '\n'])
    container.append(...mergedText(nodes))
    const characters = lines.reduce((sum, line) => sum + line.reduce((length, run) => length + run.text.length, 1), 0)
    const block = {
      element: container,
      lines: (joins ? last.lines : 0) + lines.length,
      characters: (joins ? last.characters : 0) + characters,
    }
    if (joins) blocks[blocks.length - 1] = block
    else {
      openLine.before(container)
      blocks.push(block)
    }
  }

  const showNotice = () => {
    if (hiddenLines === 0) {
      notice?.remove()
      notice = null
      return
    }
    notice ??= createNotice('Show all', showAll)
    notice.firstChild?.replaceWith(`${hiddenLines.toLocaleString('en')} earlier lines are hidden. `)
    if (notice.parentNode === null) element.prepend(notice)
  }

  const showAll = () => {
    limit = { lines: Number.POSITIVE_INFINITY, characters: Number.POSITIVE_INFINITY }
    for (const block of blocks) block.element.remove()
    blocks = []
    hiddenLines = 0
    screen = emptyScreen
    draw(all)
  }

  page.append(openLine)
  element.append(page)
  all = text
  draw(text)
  return {
    element,
    grow(more) {
      all += more
      draw(more)
    },
  }
}

/** A sentence with one button behind it; the sentence is its first child. */
export function createNotice(action: string, act: () => void): HTMLElement {
  const notice = document.createElement('p')
  notice.className = 'sm-notice'
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = action
  button.addEventListener('click', act)
  notice.append('', button)
  return notice
}

/** A line as text and styled spans, cut when it is longer than a screen full of screens. */
function lineNodes(line: Line, limit: number): (Node | string)[] {
  const room = Math.min(limit, lineLimit)
  const whole = limit === Number.POSITIVE_INFINITY
  const nodes: (Node | string)[] = []
  let drawn = 0
  for (const run of line) {
    const text = whole ? run.text : run.text.slice(0, room - drawn)
    drawn += text.length
    nodes.push(run.style === plainStyle ? text : styledNode(text, run.style))
    if (!whole && drawn >= room) break
  }
  const length = line.reduce((sum, run) => sum + run.text.length, 0)
  if (drawn < length) nodes.push(` … ${(length - drawn).toLocaleString('en')} more characters in this line`)
  return nodes
}

function styledNode(text: string, style: AnsiStyle): Node | string {
  const look = lookOf(style)
  if (look.classes.length === 0 && look.colour === null && look.background === null) return text
  const span = document.createElement('span')
  span.classList.add(...look.classes)
  if (look.colour !== null) span.style.color = look.colour
  if (look.background !== null) span.style.backgroundColor = look.background
  span.textContent = text
  return span
}

/** Neighbouring strings as one, so that a block of plain lines is a single text node. */
function mergedText(nodes: readonly (Node | string)[]): (Node | string)[] {
  const merged: (Node | string)[] = []
  let text: string[] = []
  const close = () => {
    if (text.length > 0) merged.push(text.join(''))
    text = []
  }
  for (const node of nodes) {
    if (typeof node === 'string') text.push(node)
    else {
      close()
      merged.push(node)
    }
  }
  close()
  return merged
}
