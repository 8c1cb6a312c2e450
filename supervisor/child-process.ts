import { spawn, type SendHandle } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'

import { readJsonLines } from '../core/json-lines.ts'
import { splitLines } from '../core/split-lines.ts'
import { withChannel } from './garbled-channel.ts'

export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Set where the program could not even be started. */
  readonly error?: Error | undefined
  /** Why it was ended, where that is its own doing. */
  readonly because?: string | undefined
}

/** A program of ours to run as a child. */
export interface ChildProgram {
  /** The path of its main file. */
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  /** A descriptor of ours that the child gets as `sharedFd`. */
  readonly share?: number
}

/** Which of the child's descriptors is its side door: behind standard input, output, error, and the IPC channel. */
export const sideDoorFd = 4
/** And which is the one that it was given. */
export const sharedFd = 5

export interface ChildHooks<In> {
  message(message: In): void
  line(stream: 'stdout' | 'stderr', line: string): void
  /** What comes through the side door; where it is listened to, the child has one, `sideDoorFd`. */
  side?(value: unknown): void
  /** Nothing more comes through it; the child may live on. */
  sideClosed?(): void
  /** Called once, after the last message. */
  exit(exit: ChildExit): void
}

/** One living child. Nothing here throws once it is gone. */
export interface Child<Out> {
  /** 0 where the program could not be started. */
  readonly pid: number
  send(message: Out, handle?: SendHandle): void
  /** Says something through the side door. */
  side(message: object): void
  kill(signal: NodeJS.Signals): void
  /** Of a thread: nothing further starts in its process. */
  abandonProcess?(): void
}

/** A child that is told of by its process: it can also be let go. */
export interface ChildProcess<Out> extends Child<Out> {
  /** Closes the channel: it ends when it has nothing left to do. */
  disconnect(): void
}

/** Starts a child that speaks typed messages; a parameter wherever processes are started, so that tests can fake it. */
export type SpawnChild = <Out extends object, In>(program: ChildProgram, hooks: ChildHooks<In>) => ChildProcess<Out>

// How long after the exit the channel may take to hand over what the child sent last (`failed`, usually). It
// closes at once unless a grandchild holds it.
const lastMessagesMs = 500

const garbled = 'something in it had written into descriptor 3, its channel to the supervisor'

export const spawnChild: SpawnChild = <Out extends object, In>(program: ChildProgram, hooks: ChildHooks<In>): ChildProcess<Out> => {
  let because: string | undefined
  const child = withChannel(
    () => {
      because = garbled
      // What comes behind it cannot be told apart any more.
      child.kill('SIGKILL')
    },
    () =>
      spawn(process.execPath, [program.path], {
        stdio: [
          'ignore',
          'pipe',
          'pipe',
          'ipc',
          hooks.side === undefined ? 'ignore' : 'pipe',
          ...(program.share === undefined ? [] : [program.share]),
        ],
        env: program.env,
      }),
  )
  let exited: ChildExit | undefined
  let done = false
  const finish = (): void => {
    if (done || exited === undefined) return
    done = true
    clearTimeout(timer)
    hooks.exit(exited)
  }
  let timer: NodeJS.Timeout | undefined
  child.on('message', (message: unknown) => {
    // An app may call process.send itself, as PM2's users do with 'ready'.
    if (typeof message === 'object' && message !== null && typeof (message as { type?: unknown }).type === 'string')
      hooks.message(message as In)
  })
  child.on('disconnect', finish)
  child.on('exit', (code, signal) => {
    exited = { code, signal, because }
    if (!child.connected) return finish()
    // A channel whose child died before it took the handle sent to it never says that it is closed: Node postpones
    // that until the child acknowledges the handle.
    timer = setTimeout(() => {
      if (child.connected) child.disconnect()
      finish()
    }, lastMessagesMs)
  })
  child.on('error', (error) => {
    // Also emitted for a message that could not be sent; only a child without a pid never began.
    if (child.pid !== undefined || exited !== undefined) return
    exited = { code: null, signal: null, error }
    finish()
  })
  readLines(child.stdout!, (line) => hooks.line('stdout', line))
  readLines(child.stderr!, (line) => hooks.line('stderr', line))
  const sideDoor = child.stdio[sideDoorFd] as Duplex | null | undefined
  if (sideDoor) {
    sideDoor.on('error', () => {})
    sideDoor.on('close', () => hooks.sideClosed?.())
    readJsonLines(sideDoor, (value) => hooks.side!(value))
  }
  return {
    pid: child.pid ?? 0,
    side: (message) => {
      if (sideDoor?.writable === true) sideDoor.write(`${JSON.stringify(message)}\n`)
    },
    send: (message, handle) => {
      // A child that died between two events of ours is reported by its exit, not by a failed send.
      if (child.connected) child.send(message, handle, () => {})
    },
    kill: (signal) => void child.kill(signal),
    disconnect: () => {
      if (child.connected) child.disconnect()
    },
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  const lines = splitLines(onLine)
  stream.on('data', (chunk: Buffer) => {
    lines.push(chunk)
    // A child that floods its log is read in turns with everything else: admin, reports and other children must not wait.
    stream.pause()
    setImmediate(() => stream.resume())
  })
  stream.on('close', () => lines.flush())
  stream.on('error', () => {})
}

/** How a process ended, as a phrase: `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: ChildExit): string {
  if (exit.error !== undefined) return exit.error.message
  const how = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`
  return exit.because === undefined ? how : `${how} (${exit.because})`
}
