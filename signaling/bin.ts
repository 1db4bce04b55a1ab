#!/usr/bin/env node
/**
 * `supermesh-signaling`: the relay for first contact, alone.
 */
import { print, runProgram } from './io/program.ts'
import { openSignalingServer } from './io/signaling-server.ts'

const program = {
  name: 'supermesh-signaling',
  purpose: 'Runs a signaling server, through which peers find each other. It stores nothing.',
  port: 4444,
}

await runProgram(program, async ({ host, port }) => {
  const server = await openSignalingServer({ host, port })
  print(`Signaling server at ${server.url}`)
  return server
})
