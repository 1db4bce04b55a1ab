/**
 * Running other programs, shown to the person who waits for them. Nothing is ever asked: they get no stdin.
 */
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds after which the program is ended; none when left out. */
  readonly limit?: number
}

/** Runs a program in the project's folder with its output on ours. @returns whether it ended with 0 */
export function run(program: string, args: readonly string[], { env, limit }: CommandOptions = {}): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(program, args, {
      cwd: PROJECT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      ...(limit === undefined ? {} : { timeout: limit }),
    })
    child.once('error', error => {
      say(`${program} could not be started: ${error.message}`)
      resolve(false)
    })
    child.once('close', code => resolve(code === 0))
  })
}

/** Runs a program in silence. @returns what it printed, or null when it failed */
export function ask(program: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync(program, args, {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? stdout : null
}

/** The full path of a program in `PATH`. */
export function which(program: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  return folders.map(folder => join(folder, program)).find(isExecutable) ?? null
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

export const isRoot = process.getuid?.() === 0

/** Whether this process may install Debian packages. */
export const canInstallPackages = () => isRoot && which('apt-get') !== null

/** Installs Debian packages. @returns whether it worked */
export async function installPackages(...names: readonly string[]): Promise<boolean> {
  say(`Installing ${names.join(' and ')} with apt-get…`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const updated = await run('apt-get', ['update', '--quiet', '--quiet'], { env })
  return (
    updated && run('apt-get', ['install', '--yes', '--quiet', '--quiet', '--no-install-recommends', ...names], { env })
  )
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
