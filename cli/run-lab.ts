import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { Args, OwnFlag } from './args.ts'
import type { Call } from './command.ts'

/** The words of a command line as they were given, for a program that reads them itself. */
export function labArguments({ own, positionals }: Args, flags: readonly OwnFlag[]): string[] {
  const words = [...own].flatMap(([name, values]) => {
    const flag = flags.find((each) => each.name === name)
    if (flag?.value === undefined) return [name]
    return values.length === 0 ? [`${name}=`] : values.map((value) => `${name}=${value}`)
  })
  return [...words, '--', ...positionals]
}

/** Runs a program of the lab, a process of its own, to its end. @returns its exit status */
export function runLab(program: 'compare' | 'advise', args: readonly string[], { cwd, env }: Call): Promise<number> {
  const path = fileURLToPath(new URL(`../lab/${program}/main.js`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { cwd, env, stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; the program then ends what it has started, and this one waits for it.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, pass)
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  }).finally(() => {
    for (const signal of signals) process.off(signal, pass)
  })
}
