#!/usr/bin/env node
import { reportError } from './report-error.ts'
import { runCli } from './run-cli.ts'
import { processTerminal } from './terminal.ts'

const args = process.argv.slice(2)
// These have nothing left to do when nobody reads what they print; a cluster goes on serving.
const onlyPrints = new Set(['status', 'explain', 'config', 'help', '--help', '--version'])

// `evenloop status | head` closes the pipe early; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  if (args[0] === undefined || onlyPrints.has(args[0])) process.exit(0)
})

try {
  const exitCode = await runCli(args, { env: process.env, cwd: process.cwd(), terminal: processTerminal() })
  if (exitCode !== undefined) process.exitCode = exitCode
} catch (error) {
  const { text, exitCode } = reportError(error)
  process.stderr.write(text)
  // Not by exitCode: what a role had opened before it failed, a port or a timer, would keep the process alive.
  process.exit(exitCode)
}
