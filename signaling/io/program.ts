/**
 * The frame of every program here: read the options, run until Ctrl-C, end cleanly; a known trouble is a sentence.
 */
import { SupermeshError } from '../../src/base/error.ts'
import { type CommandLine, type Program, readCommandLine } from '../command-line.ts'

/** Something that runs until it is told to end. */
export interface Running {
  dispose(): Promise<void>
}

export type RunOptions = Extract<CommandLine, { type: 'run' }>

const EXIT_FAILED = 1
const EXIT_MISUSED = 2
const PARENT_CHECK_MS = 500

/** Exits with 0 after Ctrl-C or SIGTERM, 1 when `run` fails, 2 when the options make no sense. */
export async function runProgram(program: Program, run: (options: RunOptions) => Promise<Running>): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2), program)
  switch (commandLine.type) {
    case 'help':
      print(commandLine.text)
      return
    case 'mistake':
      complain(commandLine.sentence)
      process.exitCode = EXIT_MISUSED
      return
    case 'run':
      try {
        const interrupted = interruption()
        const running = await run(commandLine)
        await interrupted
        await running.dispose()
        process.exit(0)
      } catch (error) {
        if (!(error instanceof SupermeshError)) throw error
        complain(error.message)
        process.exit(EXIT_FAILED)
      }
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}

/**
 * The first signal ends the program politely, a second one at once. npm starts a program through a shell that does not
 * pass SIGTERM on: under npm, a parent that has gone means the same.
 */
function interruption(): Promise<void> {
  return new Promise(resolve => {
    let interrupted = false
    const interrupt = () => {
      if (interrupted) process.exit(EXIT_FAILED)
      interrupted = true
      resolve()
    }
    process.on('SIGINT', interrupt)
    process.on('SIGTERM', interrupt)
    if (process.env.npm_lifecycle_event === undefined) return
    const parent = process.ppid
    const watching = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watching)
      interrupt()
    }, PARENT_CHECK_MS)
    watching.unref()
  })
}
