/**
 * A Chromium for the tests: the one that is named, the one that is here, or one that is installed now.
 */
import { chromium } from '@playwright/test'
import { canInstallPackages, installPackages, isExecutable, PROJECT, run, say, which } from './command.ts'

const IN_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const DOWNLOAD_LIMIT_MS = 5 * 60_000

export const NO_BROWSER =
  'There is no Chromium on this machine and none could be installed. Install Chromium or Google Chrome, or name one with SUPERMESH_CHROMIUM=/path/to/chromium.'

/** The path of a Chromium that is already here. */
export function findBrowser(): string | null {
  const named = process.env.SUPERMESH_CHROMIUM
  if (named) return isExecutable(named) ? named : null
  const candidates = [chromium.executablePath(), ...IN_PATH.map(which)]
  return candidates.find(path => path !== null && path !== '' && isExecutable(path)) ?? null
}

/** As {@link findBrowser}, after an installation when there is none. Null when that failed too: see {@link NO_BROWSER}. */
export async function ensureBrowser(): Promise<string | null> {
  const found = findBrowser()
  if (found !== null || process.env.SUPERMESH_CHROMIUM) return found
  say('No Chromium found: installing the one that comes with Playwright…')
  const libraries = canInstallPackages() ? ['--with-deps'] : []
  const playwright = `${PROJECT}/node_modules/.bin/playwright`
  if (await run(playwright, ['install', 'chromium', ...libraries], { limit: DOWNLOAD_LIMIT_MS })) return findBrowser()
  if (canInstallPackages()) await installPackages('chromium')
  return findBrowser()
}
