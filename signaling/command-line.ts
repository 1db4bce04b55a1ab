/**
 * The options that all programs here take: `--port N --host H --help`. Pure: a mistake is a sentence, not an exit.
 */
import { parseArgs } from 'node:util'

export type CommandLine =
  | {
      readonly type: 'run'
      readonly host: string
      readonly port: number
      /** Whether the user chose the port; a default one may give way to the next. */
      readonly portChosen: boolean
    }
  | { readonly type: 'help'; readonly text: string }
  | { readonly type: 'mistake'; readonly sentence: string }

export interface Program {
  readonly name: string
  readonly purpose: string
  readonly port: number
}

export function readCommandLine(args: readonly string[], program: Program): CommandLine {
  const usage = `${program.name} [--port N] [--host H]`
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, allowPositionals: true, options })
  let host = DEFAULT_HOST
  let port = program.port
  let portChosen = false
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') return mistake(`"${token.value}" is not an option. Usage: ${usage}`)
    switch (token.name) {
      case 'help':
        return { type: 'help', text: help(usage, program) }
      case 'host':
        if (token.value === undefined || token.value === '' || token.value.startsWith('-')) {
          return mistake('--host needs a name or an address, for example --host 127.0.0.1.')
        }
        host = token.value
        break
      case 'port':
        if (!/^\d{1,5}$/.test(token.value ?? '') || Number(token.value) > 65535) {
          return mistake(`--port needs a number from 0 to 65535, for example --port ${program.port}.`)
        }
        port = Number(token.value)
        portChosen = true
        break
      default:
        return mistake(`${token.rawName} is not an option. Usage: ${usage}`)
    }
  }
  return { type: 'run', host, port, portChosen }
}

const DEFAULT_HOST = '127.0.0.1'
const options = { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const

function help(usage: string, { purpose, port }: Program): string {
  return [
    purpose,
    '',
    `Usage: ${usage}`,
    '',
    `  --port N   the port to listen on; 0 means any free one (${port})`,
    `  --host H   the address to listen on; 0.0.0.0 means all networks (${DEFAULT_HOST})`,
    '  --help     this text',
  ].join('\n')
}

function mistake(sentence: string): CommandLine {
  return { type: 'mistake', sentence }
}
