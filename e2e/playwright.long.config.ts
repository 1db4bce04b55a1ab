import { defineConfig } from '@playwright/test'
import config from './playwright.config.ts'

/** For `npm run test:long`. */
export default defineConfig({ ...config, testMatch: '*.long.ts' })
