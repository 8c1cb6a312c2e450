import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { afterAll, afterEach } from 'vitest'

import { processesWith } from './processes.ts'
import { until } from './wait.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const marker = 'TEST_PROGRAM'

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The Node.js that runs it; its children use the same. */
  readonly node?: string
  /** Kept until the file's tests are over, for a program that several tests share. */
  readonly shared?: boolean
  /** A command that runs it, such as one that takes a right away. */
  readonly through?: readonly string[]
}

/** A running `evenloop`, and what it has said. */
export interface Program {
  readonly process: ChildProcess
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Resolves with the exit status (or the signal's name) once it has ended and all its output was read. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** Waits for text on standard output; fails at once, with standard error, when the program ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  /** Every living process of it: itself, its children, and orphans after its death. */
  processes(): number[]
  /** Ends everything at once. */
  kill(): Promise<void>
}

const running = { test: new Set<Program>(), file: new Set<Program>() }

// Whatever a test does, nothing it started outlives it.
const endAll = async (programs: Set<Program>): Promise<void> => {
  await Promise.all([...programs].map((program) => program.kill()))
  programs.clear()
}
afterEach(() => endAll(running.test))
afterAll(() => endAll(running.file))

// What the programs said while a test failed; of a program that several tests share, only what is new.
const shown = new WeakMap<Program, number>()
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return
  for (const program of [...running.test, ...running.file]) {
    const text = program.stdout() + program.stderr()
    const news = text.slice(shown.get(program) ?? 0)
    shown.set(program, text.length)
    if (news !== '') console.error(`--- evenloop ${program.process.spawnargs.slice(2).join(' ')}\n${tail(news)}`)
  }
})

/** Runs the compiled `evenloop` with these arguments. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): Program {
  const id = randomUUID()
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...options.env, [marker]: id }
  // The test runner's own settings are not the program's.
  for (const name of ['NODE_ENV', 'VITEST', 'FORCE_COLOR']) if (options.env?.[name] === undefined) delete env[name]
  const [command, ...rest] = [...(options.through ?? []), options.node ?? process.execPath, main, ...args]
  const child = spawn(command!, rest, {
    cwd: options.cwd ?? root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let ended = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', (error) => {
      ended = true
      reject(error)
    })
    child.once('exit', (code, signal) => {
      ended = true
      // 'close' waits for the output of orphans too, which may live on after a kill -9.
      const answer = (): void => resolve(code ?? signal ?? -1)
      child.once('close', answer)
      setTimeout(answer, 500).unref()
    })
  })
  // Whoever waits for it hears of a failure to start; nobody has to.
  exited.catch(() => {})
  const program: Program = {
    process: child,
    pid: child.pid ?? -1,
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    said: async (pattern) => {
      const match = await until(
        `${pattern} from evenloop ${args.join(' ')}\n${stderr}`,
        () => pattern.exec(stdout) ?? (ended && 'ended'),
        45_000,
      )
      if (match !== 'ended') return match
      await exited
      throw new Error(`evenloop ${args.join(' ')} ended before it said ${pattern}:\n${stdout}${stderr}`)
    },
    processes: () => processesWith(marker, id),
    kill: async () => {
      for (const pid of program.processes()) signal(pid, 'SIGKILL')
      if (child.pid !== undefined) await exited
      await until('the end of every process', () => {
        const left = program.processes()
        for (const pid of left) signal(pid, 'SIGKILL')
        return left.length === 0
      })
    },
  }
  running[options.shared === true ? 'file' : 'test'].add(program)
  return program
}

/** Runs a command to its end. */
export async function runProgram(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<{ status: number | NodeJS.Signals; stdout: string; stderr: string }> {
  const program = startProgram(args, options)
  const status = await program.exited
  return { status, stdout: program.stdout(), stderr: program.stderr() }
}

/** Sends a signal; a process that has gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const tail = (text: string): string => (text.length > 8_000 ? `…${text.slice(-8_000)}` : text)
