import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { UsageError } from '../core/errors.ts'
import { readVersion } from '../core/version.ts'

import { parseArgs } from './args.ts'
import type { Command } from './command.ts'
import { advise } from './commands/advise.ts'
import { balancer } from './commands/balancer.ts'
import { compare } from './commands/compare.ts'
import { config } from './commands/config.ts'
import { explain } from './commands/explain.ts'
import { heapSnapshot } from './commands/heap-snapshot.ts'
import { loop } from './commands/loop.ts'
import { profile } from './commands/profile.ts'
import { reload } from './commands/reload.ts'
import { scale } from './commands/scale.ts'
import { stack } from './commands/stack.ts'
import { start } from './commands/start.ts'
import { status } from './commands/status.ts'
import { stop } from './commands/stop.ts'
import { commandHelp, generalHelp, unknownCommand } from './help.ts'
import type { Terminal } from './terminal.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  status,
  explain,
  reload,
  scale,
  stop,
  stack,
  profile,
  heapSnapshot,
  compare,
  advise,
  config,
  loop,
  balancer,
]

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly terminal: Terminal
}

/**
 * Runs one command line.
 * @returns the exit status; undefined where the process goes on and ends itself
 * @throws UsageError, RunError
 */
export async function runCli(argv: readonly string[], { env, cwd, terminal }: Surroundings): Promise<number | undefined> {
  const [first, ...rest] = argv
  const isHelp = (word: string): boolean => word === '--help' || word === '-h'
  if (first === undefined) {
    terminal.err(generalHelp(commands, readVersion()))
    return 2
  }
  if (first === '--version' || first === '-v') {
    terminal.out(`${readVersion()}\n`)
    return 0
  }
  if (isHelp(first) || first === 'help') {
    const named = first === 'help' && rest[0] !== undefined ? findCommand(rest[0]) : undefined
    terminal.out(named === undefined ? generalHelp(commands, readVersion()) : await commandHelp(named))
    return 0
  }
  const isShort = first.startsWith('-') || isFile(first, cwd)
  const command = isShort ? start : findCommand(first)
  const words = isShort ? argv : rest
  const end = words.indexOf('--')
  if (words.slice(0, end === -1 ? undefined : end).some(isHelp)) {
    terminal.out(await commandHelp(command))
    return 0
  }
  return await command.run({ args: parseArgs(words, command.flags), env, cwd, terminal })
}

function findCommand(name: string): Command {
  const command = commands.find((each) => each.name === name)
  if (command === undefined) throw new UsageError(unknownCommand(name, commands))
  return command
}

/** Whether `evenloop WORD` means an app: a word with a dot or a slash, or the name of a file that is no command. */
const isFile = (word: string, cwd: string): boolean =>
  /[./]/.test(word) || (!commands.some(({ name }) => name === word) && existsSync(resolve(cwd, word)))
