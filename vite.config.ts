/**
 * The demo, built into static files that open from any folder of any host.
 */
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { pagePolicy, STYLE_NONCE } from './demo/page-policy.ts'
import { pyodideFiles } from './demo/vite-pyodide.ts'
import packageJson from './package.json' with { type: 'json' }
import { EMBEDDED_PYTHON_PAGE_POLICY } from './src/host/frame-policy.ts'

/** The package's names, by its sources: the demo and the guide are written as its users write. */
export const sourceAliases = Object.entries<string | { readonly default: string }>(packageJson.exports).map(
  ([subpath, target]) => ({
    find: new RegExp(`^supermesh${subpath.slice(1)}$`),
    replacement: join(import.meta.dirname, sourceOf(typeof target === 'string' ? target : target.default)),
  }),
)

function sourceOf(built: string): string {
  return built.replace('./lib/', './').replace(/\.js$/, '.ts')
}

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
  resolve: { alias: sourceAliases },
  build: {
    target: 'es2024',
    // The policy knows no `data:` but in pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
}))
