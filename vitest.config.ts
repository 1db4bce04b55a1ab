import { defineConfig } from 'vitest/config'
import { sourceAliases } from './vite.config.ts'

/** `unit` is what `npm run check` runs: rules, codecs, properties, short simulations; no browser, no network beyond loopback. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: sourceAliases },
        test: {
          name: 'unit',
          include: ['{src,signaling,bench,docs,e2e}/**/*.test.{ts,tsx}'],
          environment: 'node',
          testTimeout: 20_000,
        },
      },
    ],
  },
})
