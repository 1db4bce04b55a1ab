/**
 * What a step of `npm test` came to, and the lines at its end. Pure but for the clock that it is handed.
 */
export interface Outcome {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly milliseconds: number
}

/** What vitest's and Playwright's JSON reports have in common for us. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Names of tests that exist and did not run. */
  readonly skipped: readonly string[]
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly success: boolean
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Reads vitest's JSON report. A file that could not even be loaded is one failure. */
export function readVitestReport(text: string): Tally {
  const report = JSON.parse(text) as VitestReport
  const tests = report.testResults.flatMap(file => file.assertionResults)
  const broken = report.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + broken
  return {
    passed: report.numPassedTests,
    // An error outside of every test (a rejected promise nobody awaited) fails the run and no test.
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: tests
      .filter(test => ['skipped', 'pending', 'todo', 'disabled'].includes(test.status))
      .map(test => test.fullName),
  }
}

interface PlaywrightSuite {
  readonly title: string
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[]
}

interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[]
  readonly errors: readonly unknown[]
}

/** Reads Playwright's JSON report. An error outside of the tests is one failure. */
export function readPlaywrightReport(text: string): Tally {
  const report = JSON.parse(text) as PlaywrightReport
  const tests = report.suites.flatMap(testsOf)
  const names = (...statuses: string[]) =>
    tests.filter(({ status }) => statuses.includes(status)).map(({ name }) => name)
  return {
    passed: names('expected').length,
    failed: names('unexpected', 'flaky').length + report.errors.length,
    skipped: names('skipped'),
  }
}

function testsOf(suite: PlaywrightSuite): { name: string; status: string }[] {
  const own = (suite.specs ?? []).flatMap(spec =>
    spec.tests.map(({ status }) => ({ name: `${suite.title} › ${spec.title}`, status })),
  )
  return [...own, ...(suite.suites ?? []).flatMap(testsOf)]
}

/** The last lines: each step with its time, what did not run and why, and the sum alone on its line. */
export function summary(outcomes: readonly Outcome[], notRun: readonly string[]): string[] {
  const width = Math.max(...outcomes.map(({ name }) => name.length))
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0)
  return [
    '',
    ...outcomes.map(({ name, passed, failed, milliseconds }) =>
      [
        name.padEnd(width),
        `${(milliseconds / 1000).toFixed(1)} s`.padStart(8),
        ` ${passed} passed, ${failed} failed`,
      ].join(' '),
    ),
    ...notRun.map(line => `not run: ${line}`),
    '',
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ]
}
