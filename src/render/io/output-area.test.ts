// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { hostilePayloads } from '../hostile-corpus.ts'
import type { Output } from '../output.ts'
import { createOutputArea, renderOutput } from './output-area.ts'

const stream = (text: string, name = 'stdout'): Output => ({ type: 'stream', name, text })
const shown = (data: Record<string, unknown>, metadata = {}): Output => ({ type: 'display_data', data, metadata })

function openArea(options = {}) {
  const host = document.createElement('div')
  document.body.append(host)
  const area = createOutputArea(host, options)
  return { host, area, views: () => [...(host.firstElementChild?.children ?? [])] }
}

describe('an output area', () => {
  it('leaves what did not change in place, and lets text grow where it stands', () => {
    const { area, views, host } = openArea()
    area.update([stream('one\n'), shown({ 'text/html': '<b>x</b>' })])
    const before = views()
    const firstText = host.querySelector('.sm-stream pre span')
    area.update([stream('one\n'), shown({ 'text/html': '<b>x</b>' }), stream('later')])
    expect(views().slice(0, 2)).toEqual(before)
    area.update([stream('one\n'), stream('two\nthr'), shown({ 'text/html': '<b>x</b>' })])
    expect(views()).toEqual(before)
    expect(host.querySelector('.sm-stream pre span')).toBe(firstText)
    expect(views()[0]?.textContent).toBe('one\ntwo\nthr')
  })

  it('shows after any way the same as after one step', () => {
    const lists: Output[][] = [
      [stream('a'), stream('b', 'stderr')],
      [stream('10%\r20%'), shown({ 'text/plain': 'x' })],
      [
        stream('10%\r20%\r\x1b[31m30%\n'),
        shown({ 'text/plain': 'y' }),
        { type: 'error', ename: 'E', evalue: 'v', traceback: [] },
      ],
      [],
      [{ type: 'unknown' }, stream('z')],
    ]
    const { area, host } = openArea()
    for (const list of lists) {
      area.update(list)
      const direct = openArea()
      direct.area.update(list)
      expect(host.innerHTML.replace(/<\/?span>/g, '')).toBe(direct.host.innerHTML.replace(/<\/?span>/g, ''))
    }
  })

  it('changes a picture in its element, so that it does not flash', () => {
    const { area, host } = openArea()
    area.update([shown({ 'image/png': 'AAAA' }, { 'image/png': { width: 30, height: 'x' } })])
    const picture = host.querySelector('img')
    expect(picture?.getAttribute('width')).toBe('30')
    area.update([shown({ 'image/png': 'BBBB', 'text/plain': '<Figure>' })])
    expect(host.querySelector('img')).toBe(picture)
    expect([picture?.src, picture?.alt, picture?.hasAttribute('width')]).toEqual([
      'data:image/png;base64,BBBB',
      '<Figure>',
      false,
    ])
  })

  it('shows the end of a very long output, and all of it on demand', () => {
    const { area, host } = openArea()
    area.update([stream(Array.from({ length: 30_000 }, (_, i) => `line ${i}\n`).join(''))])
    expect(host.textContent).toContain('20,000 earlier lines are hidden.')
    expect(host.textContent).not.toContain('line 19999\n')
    expect(host.textContent).toContain('line 20000\n')
    host.querySelector('button')?.click()
    expect(host.textContent).toContain('line 0\n')
    expect(host.textContent).not.toContain('hidden')
    area.update([stream('x'.repeat(200_000))])
    expect(host.textContent).toMatch(/x … 100,000 more characters in this line$/)
  })

  it('shows colours of a traceback by classes', () => {
    const { area, host } = openArea()
    area.update([
      { type: 'error', ename: 'E', evalue: 'v', traceback: ['\x1b[0;31mE\x1b[0m: <b>v</b>', 'line \x1b[38;5;208m2'] },
    ])
    const [red, orange] = host.querySelectorAll<HTMLElement>('.sm-error pre span span')
    expect(red?.outerHTML).toBe('<span class="sm-ansi-fg-1">E</span>')
    expect(orange?.style.color).toBe('rgb(255, 135, 0)')
    expect(host.textContent).toBe('E: <b>v</b>\nline 2')
  })

  it('asks before it runs scripts, and runs them nowhere but in a closed frame', () => {
    const html = '<p>static</p><script>canary()</script>'
    const { area, host } = openArea({ frameUrl: 'about:blank' })
    area.update([shown({ 'text/html': html })])
    expect(host.textContent).toContain('static')
    expect(host.querySelector('iframe, script')).toBeNull()
    host.querySelector('button')?.click()
    expect(host.querySelector('iframe')?.getAttribute('sandbox')).toBe('allow-scripts')
    expect(host.querySelector('iframe')?.hasAttribute('srcdoc')).toBe(false)
    const never = openArea({ scripts: 'never' })
    never.area.update([shown({ 'text/html': html })])
    expect(never.host.textContent).toBe('staticThis output needs scripts, which this page does not run.')
    expect(never.host.querySelector('button')).toBeNull()
  })

  it('puts a sentence where something cannot be shown, and goes on', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const { area, views } = openArea()
    const list = [
      shown({ 'application/json': deep }),
      shown({ 'application/x-unknown': 'x' }),
      shown({ 'image/png': '?' }),
      stream('after'),
    ]
    area.update(list)
    area.update(list.map(output => ({ ...output })))
    expect(views().map(view => view.textContent)).toEqual([
      'This output could not be shown. Open the notebook in Jupyter to see it.',
      'This page cannot show outputs of the kind application/x-unknown. Open the notebook in Jupyter to see it.',
      'This picture is damaged and cannot be shown. Run the cell again to make a new one.',
      'after',
    ])
  })

  it('lets no hostile value through any of its doors', { timeout: 120_000 }, () => {
    for (const payload of hostilePayloads.filter((_, i) => i % 6 === 0)) {
      const host = document.implementation.createHTMLDocument().createElement('div')
      for (const type of [
        'text/html',
        'text/markdown',
        'text/latex',
        'application/json',
        'text/plain',
        'image/png',
        'image/svg+xml',
      ]) {
        renderOutput(shown({ [type]: payload }), host, { scripts: 'never' })
      }
      renderOutput(stream(payload), host)
      renderOutput({ type: 'error', ename: payload, evalue: payload, traceback: [] }, host)
      expect(
        host.querySelector(
          'script, style, iframe, object, svg:not(.katex svg), form, [onerror], [onload], [onclick], [id], [name]',
        ),
        payload,
      ).toBeNull()
    }
  })

  it('gives the host back', () => {
    const { area, host } = openArea()
    area.update([stream('x')])
    area.dispose()
    area.dispose()
    expect(host.childNodes).toHaveLength(0)
  })
})
