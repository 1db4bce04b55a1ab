/**
 * A value in the richest form that this page can show, each form through its own door.
 */
import { type Choice, chooseMime, textOf } from '../mime.ts'
import type { MimeData } from '../output.ts'
import { createFrameView, defaultFrameUrl } from './frame-view.ts'
import { renderLatex, renderMarkdown } from './markdown.ts'
import { sanitise } from './sanitise.ts'
import { createNotice, createStreamView } from './stream-view.ts'

export interface RenderOptions {
  /**
   * What happens to an output that needs scripts: `ask` shows its static part and a button, `run` runs it in a closed
   * frame at once, `never` leaves it static. Notebooks that came from elsewhere should ask, which is the default.
   */
  readonly scripts?: 'ask' | 'run' | 'never'
  /** The address of `output-frame.html` where the bundler does not provide it. */
  readonly frameUrl?: string
}

export interface RichOutput {
  readonly data: MimeData
  readonly metadata: MimeData
}

export interface RichView {
  readonly element: HTMLElement
  /** Shows `next` in the same element when that avoids a flash, as a picture after a picture does; else `false`. */
  become(next: RichOutput): boolean
  dispose(): void
}

export function createRichView(output: RichOutput, options: RenderOptions): RichView {
  const scriptsRun = options.scripts === 'run'
  const choice = chooseMime(output.data, scriptsRun)
  if (choice.kind === 'image') return createPictureView(choice, output, scriptsRun)
  if (choice.kind === 'html' && choice.active) return createActiveView(choice.html, options)
  return still(staticElement(choice))
}

function still(element: HTMLElement): RichView {
  return { element, become: () => false, dispose: () => element.remove() }
}

function staticElement(choice: Exclude<Choice, { kind: 'image' }>): HTMLElement {
  switch (choice.kind) {
    case 'html':
      return boxed('sm-html', sanitise(choice.html))
    case 'markdown':
      return boxed('sm-markdown', renderMarkdown(choice.text))
    case 'latex':
      return boxed('sm-latex', renderLatex(choice.text))
    case 'json':
      return createStreamView(choice.text, 'sm-json').element
    case 'text':
      return createStreamView(choice.text, 'sm-plain').element
    case 'damaged-image':
      return sentence('This picture is damaged and cannot be shown. Run the cell again to make a new one.')
    case 'unsupported':
      return sentence(
        choice.offered.length === 0
          ? 'This output is empty.'
          : `This page cannot show outputs of the kind ${choice.offered.slice(0, 3).join(', ')}. Open the notebook in Jupyter to see it.`,
      )
  }
}

function boxed(className: string, content: DocumentFragment): HTMLElement {
  const box = document.createElement('div')
  box.className = className
  box.append(content)
  return box
}

export function sentence(text: string): HTMLElement {
  const paragraph = document.createElement('p')
  paragraph.className = 'sm-notice'
  paragraph.textContent = text
  return paragraph
}

/** Longest description of a picture that is read out, in UTF-16 units. */
const longestDescription = 200

function createPictureView(
  first: Extract<Choice, { kind: 'image' }>,
  output: RichOutput,
  scriptsRun: boolean,
): RichView {
  const element = document.createElement('div')
  element.className = 'sm-picture'
  const picture = document.createElement('img')
  picture.addEventListener('error', () => {
    picture.replaceWith(staticElement({ kind: 'damaged-image', type: first.type }))
  })
  element.append(picture)

  const show = ({ type, url }: Extract<Choice, { kind: 'image' }>, { data, metadata }: RichOutput) => {
    const wishes = metadata[type]
    for (const side of ['width', 'height'] as const) {
      const wish: unknown =
        typeof wishes === 'object' && wishes !== null ? Object.getOwnPropertyDescriptor(wishes, side)?.value : null
      if (typeof wish === 'number' && wish > 0 && wish <= 10_000) picture.setAttribute(side, String(Math.round(wish)))
      else picture.removeAttribute(side)
    }
    picture.alt = textOf(data['text/plain'] ?? 'Picture').slice(0, longestDescription)
    picture.src = url
  }
  show(first, output)

  return {
    element,
    become(next) {
      const choice = chooseMime(next.data, scriptsRun)
      if (choice.kind !== 'image' || picture.parentNode !== element) return false
      show(choice, next)
      return true
    },
    dispose: () => element.remove(),
  }
}

function createActiveView(html: string, { scripts = 'ask', frameUrl = defaultFrameUrl() }: RenderOptions): RichView {
  const element = document.createElement('div')
  let end: () => void = () => {}
  const run = () => {
    const frame = createFrameView(html, frameUrl)
    end = frame.dispose
    element.replaceChildren(frame.element)
  }
  if (scripts === 'run') run()
  else {
    element.append(staticElement({ kind: 'html', html, active: true }))
    if (scripts === 'never') element.append(sentence('This output needs scripts, which this page does not run.'))
    else {
      const notice = createNotice('Run them', run)
      notice.firstChild?.replaceWith(
        'This output needs scripts. They would run in a closed frame, without your room or the network. ',
      )
      element.append(notice)
    }
  }
  return {
    element,
    become: () => false,
    dispose() {
      end()
      element.remove()
    },
  }
}
