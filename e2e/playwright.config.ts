import { defineConfig } from '@playwright/test'

/**
 * One worker: each test starts several browser processes by itself (see `fixture/chromium.ts`), which fill two cores. No
 * retries: a test that fails sometimes has found something.
 */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
})
