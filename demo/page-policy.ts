/**
 * The page's Content-Security-Policy: what a mistake in this page, or a stranger's output, could still not do.
 *
 * Connections are free, because people name their own servers: signaling, TURN, Jupyter.
 */
/**
 * CodeMirror writes its looks into a <style> element. A static page cannot draw a fresh nonce for each visit, so this one
 * is known; it still refuses style attributes and every <style> that does not name it, and the renderer lets neither in.
 */
export const STYLE_NONCE = 'supermesh'

export interface PolicyOptions {
  /** Whether the development server writes scripts and styles of its own into the page. */
  readonly dev: boolean
  /** What embedded Python asks of the page around it. */
  readonly python: { readonly 'script-src': readonly string[]; readonly 'worker-src': readonly string[] }
}

export function pagePolicy({ dev, python }: PolicyOptions): string {
  const rules: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'self'"],
    'script-src': ["'self'", ...python['script-src'], ...(dev ? [`'nonce-${STYLE_NONCE}'`] : [])],
    'worker-src': ["'self'", ...python['worker-src']],
    'style-src': ["'self'", `'nonce-${STYLE_NONCE}'`],
    'img-src': ["'self'", 'data:', 'blob:'],
    'connect-src': ["'self'", 'http:', 'https:', 'ws:', 'wss:'],
    'frame-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  }
  return Object.entries(rules)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ')
}
