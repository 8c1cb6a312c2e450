import type { LoopOptions } from '../config/roles.ts'
import type { LoopToSupervisor, SupervisorToLoop, SupervisorToWatchdog } from '../core/messages.ts'
import type { HostToSupervisor, SupervisorToHost } from '../core/thread-messages.ts'
import type { Child, ChildExit, ChildHooks, ChildProcess, ChildProgram, SpawnChild } from './child-process.ts'

type Hooks = Omit<ChildHooks<LoopToSupervisor>, 'sideClosed'>

interface Host {
  readonly child: ChildProcess<SupervisorToHost>
  readonly threads: Map<number, Hooks>
  started: number
}

interface HostsParts {
  readonly spawn: SpawnChild
  readonly program: ChildProgram
  /** A line that no thread has written: what ends the process, mostly. */
  readonly line: (host: string, stream: 'stdout' | 'stderr', line: string) => void
}

// A thread that waits in the system does not end when it is told to; its process does, and the others there start again.
const endMs = 2_000

/**
 * The processes that host several loops each. To everyone else such a loop is a child like one with a process of its own: it speaks,
 * is ended, and ends.
 */
export class ThreadHosts {
  readonly #parts: HostsParts
  readonly #hosts = new Map<string, Host>()

  constructor(parts: HostsParts) {
    this.#parts = parts
  }

  /** Starts a loop in the process of that name, which is started for its first loop and ends with its last. */
  start(name: string, options: LoopOptions, hooks: Hooks): Child<SupervisorToLoop> {
    const host = this.#hosts.get(name) ?? this.#open(name)
    const thread = host.started++
    host.threads.set(thread, hooks)
    const { child } = host
    child.send({ type: 'start', thread, options })
    return {
      pid: child.pid,
      send: (message) => child.send({ type: 'tell', thread, message }),
      side: (message) => child.send({ type: 'look', thread, message: message as SupervisorToWatchdog }),
      kill: () => {
        if (!host.threads.has(thread)) return
        child.send({ type: 'end', thread })
        setTimeout(() => {
          if (host.threads.has(thread)) child.kill('SIGKILL')
        }, endMs).unref()
      },
      abandonProcess: () => this.#forget(name, host),
    }
  }

  #open(name: string): Host {
    const threads = new Map<number, Hooks>()
    const child = this.#parts.spawn<SupervisorToHost, HostToSupervisor>(this.#parts.program, {
      message: (message) => this.#hear(name, host, message),
      line: (stream, line) => this.#parts.line(name, stream, line),
      exit: (exit) => {
        this.#forget(name, host)
        for (const thread of threads.keys()) this.#ended(host, thread, exit)
      },
    })
    const host: Host = { child, threads, started: 0 }
    this.#hosts.set(name, host)
    return host
  }

  #hear(name: string, host: Host, message: HostToSupervisor): void {
    const hooks = host.threads.get(message.thread)
    if (message.type === 'said') hooks?.message(message.message)
    else if (message.type === 'seen') hooks?.side?.(message.words)
    else if (message.type === 'line') hooks?.line(message.stream, message.line)
    else {
      // Before anyone starts another: that must not be sent to a process which is about to end.
      if (host.threads.size === 1) this.#forget(name, host)
      this.#ended(host, message.thread, { code: message.code, signal: null })
    }
  }

  #ended(host: Host, thread: number, exit: ChildExit): void {
    const hooks = host.threads.get(thread)
    if (!host.threads.delete(thread)) return
    if (host.threads.size === 0) host.child.disconnect()
    hooks?.exit(exit)
  }

  #forget(name: string, host: Host): void {
    if (this.#hosts.get(name) === host) this.#hosts.delete(name)
  }
}
