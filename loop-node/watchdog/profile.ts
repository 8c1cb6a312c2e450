import { Worker } from 'node:worker_threads'

/** What the profiler's thread is asked for. */
export interface ProfileOrder {
  readonly order: number
  readonly seconds: number
  /** Microseconds between two samples. */
  readonly intervalUs: number
  /** Characters. */
  readonly maxLength: number
}

/** And what it answers: a profile, or why there is none. */
export type ProfileResult = { readonly order: number } & ({ readonly bytes: Uint8Array } | { readonly error: string })

// Each sample of a recursive app may be a stack of its own, of 255 calls. Memory grows with their number, so a long profile
// takes them further apart.
const maxSamples = 4_000
const leastIntervalUs = 1_000
// What the supervisor can read without being away for long.
const maxLength = 100_000_000

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/**
 * Takes CPU profiles of the main thread from a thread of its own. It works while the main thread is held by JavaScript
 * too; a call that waits in the kernel answers only when it returns.
 */
export class Profiler {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #orders = 0

  /** @returns the text of a .cpuprofile, as a string in JSON: as bytes, since they do not count for the watchdog's small heap */
  profile(seconds: number): Promise<Uint8Array> {
    this.#worker ??= this.#start()
    const order = ++this.#orders
    const intervalUs = Math.max(leastIntervalUs, Math.ceil((seconds * 1e6) / maxSamples))
    return new Promise((resolve, reject) => {
      this.#waiting.set(order, { resolve, reject })
      this.#worker!.postMessage({ order, seconds, intervalUs, maxLength } satisfies ProfileOrder)
    })
  }

  #start(): Worker {
    // A thread without memory may take its process along. This one may have much for a moment; the watchdog's stays small.
    const worker = new Worker(new URL('./profile-thread.js', import.meta.url), {
      name: 'evenloop profiler',
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 2_048 },
    })
    worker.on('message', (result: ProfileResult) => this.#answer(result))
    worker.on('error', (error) => this.#failed(error))
    worker.unref()
    return worker
  }

  #answer(result: ProfileResult): void {
    const waiting = this.#waiting.get(result.order)
    this.#waiting.delete(result.order)
    if ('bytes' in result) waiting?.resolve(result.bytes)
    else waiting?.reject(new Error(result.error))
  }

  /** The next profile gets another thread. */
  #failed(error: Error): void {
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
