/**
 * The demo, built into static files that open from any folder of any host.
 */
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { pagePolicy, STYLE_NONCE } from './demo/page-policy.ts'
import { pyodideFiles } from './demo/vite-pyodide.ts'
import { EMBEDDED_PYTHON_PAGE_POLICY } from './src/host/frame-policy.ts'

const source = (path: string) => join(import.meta.dirname, 'src', path)

/** The page's policy, before anything that it governs. */
function policy(dev: boolean): Plugin {
  const content = pagePolicy({ dev, python: EMBEDDED_PYTHON_PAGE_POLICY })
  return {
    name: 'supermesh-page-policy',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        { tag: 'meta', injectTo: 'head-prepend', attrs: { 'http-equiv': 'Content-Security-Policy', content } },
      ],
    },
  }
}

export default defineConfig(({ command }) => ({
  base: './',
  plugins: [react(), pyodideFiles(), policy(command === 'serve')],
  html: command === 'serve' ? { cspNonce: STYLE_NONCE } : {},
  resolve: {
    alias: [
      { find: /^supermesh$/, replacement: source('index.ts') },
      { find: /^supermesh\/(schema|jupyter)$/, replacement: source('$1.ts') },
      { find: /^supermesh\/(host|render)$/, replacement: source('$1/index.ts') },
      { find: /^supermesh\/render\.css$/, replacement: source('render/render.css') },
      { find: /^supermesh\/(react|codemirror)$/, replacement: source('bindings/$1/index.ts') },
    ],
  },
  build: {
    target: 'es2024',
    // The policy knows no `data:` but in pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
}))
