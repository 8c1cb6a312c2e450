import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { RunError } from '../../core/errors.ts'
import { accepts, type ServeTarget } from '../serve-target.ts'
import { placeholderOf, splitCommand } from './command.ts'
import { LastLines } from './last-lines.ts'

const pollMs = 25
const portTries = 3
const lastWordsMs = 200

interface ForeignProgram {
  /** 0 where it could not be started. It leads a process group of its own. */
  readonly pid: number
  readonly target: ServeTarget
  /** Settles when the program has ended, with what it was. */
  readonly ended: Promise<ProgramEnd>
  /** SIGTERM, and SIGKILL to all its processes at the limit. */
  stop(limitMs: number): Promise<void>
  /** Ends it at once; for the end of this process. */
  kill(): void
}

export interface ProgramEnd {
  /** As in the shell: 128 + 9 and the like are shown as the signal's name. */
  readonly how: string
  readonly code: number
  readonly lastLines: string
}

/**
 * Starts a server in any language and waits until it accepts connections.
 * @throws RunError with the program's last words when it ends before that
 */
export async function startProgram(
  command: string,
  serve: ServeTarget,
  env: NodeJS.ProcessEnv,
  onSpawn: (program: ForeignProgram) => void,
): Promise<ForeignProgram> {
  const place = placeholderOf(command)
  if (place === 'socket' && !('path' in serve)) {
    throw new RunError(`command is ${command}; {socket} needs a loop that serves on http+unix:PATH, say {port} instead`)
  }
  const fixed = place === 'socket' || (!('path' in serve) && serve.port !== 0)
  for (let tries = 1; ; tries++) {
    const target: ServeTarget = fixed ? serve : { lane: 'http', host: '127.0.0.1', port: await freePort() }
    const program = launch(command, target, env)
    if (program.pid !== 0) onSpawn(program)
    const over = new AbortController()
    const end = await Promise.race([program.ended, untilAccepted(target, over.signal)])
    over.abort()
    if (end === undefined) return program
    // Between our choice of a free port and its use, another process may have taken it.
    if (!fixed && tries < portTries && /in use/i.test(end.lastLines)) continue
    throw new RunError(withLastLines(`the program ended before it accepted connections (${end.how}): ${command}`, end))
  }
}

/** A message about a program's end, followed by what it said last. */
export const withLastLines = (message: string, end: ProgramEnd): string => (end.lastLines === '' ? message : `${message}\n${end.lastLines}`)

function launch(command: string, target: ServeTarget, env: NodeJS.ProcessEnv): ForeignProgram {
  const fill = (word: string): string =>
    'path' in target ? word.replaceAll('{socket}', target.path) : word.replaceAll('{port}', String(target.port))
  const [program, ...args] = splitCommand(command).map(fill) as [string, ...string[]]
  // A process group of its own: Ctrl-C in the terminal must not stop it before its loop has drained, and its
  // workers can be ended with it.
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe'], detached: true, env })
  const last = new LastLines()
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    last.add(chunk)
    process.stderr.write(chunk)
  })
  const ended = endOf(child, program, last)
  const kill = (signal: NodeJS.Signals): void => signalGroup(child, signal)
  return {
    pid: child.pid ?? 0,
    target,
    ended,
    stop: async (limitMs) => {
      child.kill('SIGTERM')
      const late = setTimeout(() => kill('SIGKILL'), limitMs)
      await ended
      clearTimeout(late)
    },
    kill: () => kill('SIGKILL'),
  }
}

async function endOf(child: ChildProcess, program: string, last: LastLines): Promise<ProgramEnd> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    // Its last words may still be in the pipe, which a worker that outlives it can hold open for ever.
    await Promise.race([once(child, 'close'), sleep(lastWordsMs)])
    return { how: signal === null ? `exit status ${code}` : signal, code: code ?? 1, lastLines: last.text }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? `there is no program ${program}` : (error as Error).message
    return { how: `not started: ${reason}`, code: 1, lastLines: '' }
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // ESRCH: the whole group has ended.
  }
}

/** Settles when a connection is accepted; stays open for ever once the signal says that the program has ended. */
async function untilAccepted(target: ServeTarget, over: AbortSignal): Promise<undefined> {
  while (!(await accepts(target))) await sleep(pollMs, undefined, { signal: over }).catch(() => new Promise(() => undefined))
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
