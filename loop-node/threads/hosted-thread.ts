import type { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { MessageChannel, Worker } from 'node:worker_threads'

import type { LoopOptions } from '../../config/roles.ts'
import type { SupervisorToLoop, SupervisorToWatchdog, WatchdogToSupervisor } from '../../core/messages.ts'
import { splitLines } from '../../core/split-lines.ts'
import type { HostToSupervisor } from '../../core/thread-messages.ts'
import { LoopBoard } from '../watchdog/board.ts'
import { takeProfile, profileWish } from '../watchdog/take-profile.ts'
import { takeStack } from '../watchdog/take-stack.ts'
import { BoardWatch } from '../watchdog/watch-board.ts'
import { inspectThread } from './inspect-thread.ts'
import type { HostToThread, ThreadToHost } from './thread-link.ts'

// What one that should have drained gets on top: it knows better why it is late.
const graceMs = 2_000
// How long the last lines of one that has ended are waited for. One that floods its log leaves millions.
const lastLinesMs = 1_000

/** `sent` is called once the message has left this process, or never can. */
type Say = (message: HostToSupervisor, sent?: () => void) => void

interface HostedParts {
  readonly number: number
  readonly options: LoopOptions
  /** That of the process. */
  readonly env: NodeJS.ProcessEnv
  readonly say: Say
  /** Called once, after the last that comes of it. */
  readonly onEnded: () => void
}

/**
 * One loop in a thread, from its start to its end. The main thread runs no app and is never held: it watches the loop, looks into
 * it, and passes on what it and the supervisor say to each other.
 */
export class HostedThread {
  readonly #number: number
  readonly #drainMs: number
  readonly #say: Say
  readonly #worker: Worker
  readonly #tell: (message: HostToThread) => void
  #board: LoopBoard | undefined
  #watch: BoardWatch | undefined

  constructor({ number, options, env, say, onEnded }: HostedParts) {
    this.#number = number
    this.#drainMs = options.settings.drainTimeout
    this.#say = say
    const { port1: own, port2: port } = new MessageChannel()
    const worker = new Worker(new URL('./thread-main.js', import.meta.url), {
      name: `evenloop loop ${options.id}`,
      workerData: { options, port },
      transferList: [port],
      env: { ...env, EVENLOOP_LOOP_ID: options.id },
      stdout: true,
      stderr: true,
    })
    this.#worker = worker
    this.#tell = (message) => own.postMessage(message)
    own.on('message', (message: ThreadToHost) => this.#hear(message))
    const complain = this.#lines(worker.stderr, 'stderr')
    this.#lines(worker.stdout, 'stdout')
    // As Node prints what ends a process.
    worker.on('error', (error) => complain(inspect(error)))
    const closed = Promise.all([own, worker.stdout, worker.stderr].map((each) => new Promise((resolve) => each.once('close', resolve))))
    worker.once('exit', (code) => {
      this.#watch?.stop()
      // What it said last may still be on its way.
      const late = setTimeout(() => {
        worker.stdout.destroy()
        worker.stderr.destroy()
      }, lastLinesMs)
      void closed.then(() => {
        clearTimeout(late)
        this.#say({ type: 'ended', thread: number, code })
        onEnded()
      })
    })
  }

  tell(message: SupervisorToLoop): void {
    this.#tell({ type: 'told', message })
  }

  /** The supervisor is gone: it drains, as one with a process of its own does. One that hangs does not hear of it. */
  lost(): void {
    this.#tell({ type: 'lost' })
    const limitMs = 2 * this.#drainMs + graceMs
    setTimeout(() => this.end(), limitMs).unref()
    // One that waits in the system does not end when it is told to, and no supervisor is left to end the process.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), limitMs + graceMs).unref()
  }

  end(): void {
    void this.#worker.terminate()
  }

  look(message: SupervisorToWatchdog): void {
    const { ask } = message
    const answer = message.type === 'stack' ? this.#stack(ask) : this.#profile(ask, message.seconds)
    void answer
      .catch((error: Error): WatchdogToSupervisor => ({ type: message.type, ask, error: error.message }))
      .then((words) => this.#say({ type: 'seen', thread: this.#number, words }))
  }

  async #stack(ask: number): Promise<WatchdogToSupervisor> {
    return { type: 'stack', ask, frames: await takeStack(await inspectThread(this.#worker.threadId)) }
  }

  async #profile(ask: number, seconds: number): Promise<WatchdogToSupervisor> {
    const inspected = await inspectThread(this.#worker.threadId)
    if (this.#board !== undefined) this.#board.isProfiled = true
    try {
      return { type: 'profile', ask, profile: await takeProfile(inspected, profileWish(seconds)) }
    } finally {
      if (this.#board !== undefined) this.#board.isProfiled = false
    }
  }

  #hear(message: ThreadToHost): void {
    if (message.type === 'said') this.#say({ type: 'said', thread: this.#number, message: message.message })
    else if (message.type === 'route') this.#watch?.name(message.route)
    else {
      this.#board = new LoopBoard(message.memory)
      this.#watch = new BoardWatch(this.#board)
      this.#watch.start((hold) => this.#say({ type: 'seen', thread: this.#number, words: { type: 'hold', ...hold } }))
    }
  }

  /** @returns writes further lines */
  #lines(stream: Readable, name: 'stdout' | 'stderr'): (text: string) => void {
    let unsent = 0
    const sent = (): void => {
      if (--unsent === 0) stream.resume()
    }
    const lines = splitLines((line) => {
      unsent++
      this.#say({ type: 'line', thread: this.#number, stream: name, line }, sent)
    })
    stream.on('data', (chunk: Buffer) => {
      lines.push(chunk)
      // A thread that floods its log must not fill the memory of the others' process, nor delay what they say.
      if (unsent > 0) stream.pause()
    })
    stream.on('close', () => lines.flush())
    return (text) => lines.push(Buffer.from(`${text}\n`))
  }
}
