import { defineConfig } from 'vitest/config'

/** `unit` is what `npm run check` runs: rules, codecs, properties, short simulations; no browser, no network beyond loopback. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'src/**/*.test.tsx',
            'signaling/**/*.test.ts',
            'bench/**/*.test.ts',
            'e2e/**/*.test.ts',
          ],
          environment: 'node',
          testTimeout: 20_000,
        },
      },
    ],
  },
})
