import { Worker } from 'node:worker_threads'

import type { StackFrame } from '../../core/stack.ts'
import { profileWish, type ProfileWish } from './take-profile.ts'

/** What the inspector's thread can be asked for. */
export type InspectorWish = ({ readonly what: 'profile' } & ProfileWish) | { readonly what: 'stack' } | { readonly what: 'exit' }

export interface InspectorOrder {
  readonly order: number
  readonly wish: InspectorWish
}

type Result = Uint8Array | readonly StackFrame[] | undefined

/** What it answers: what it was asked for, or why there is none. */
export type InspectorAnswer = { readonly order: number } & ({ readonly result: Result } | { readonly error: string })

interface Waiting {
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

/**
 * Looks into the main thread from a thread of its own. It works while the main thread is held by JavaScript too; a call that waits in
 * the kernel answers only when it returns.
 */
export class Inspector {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #orders = 0

  /** @returns the text of a .cpuprofile, as a string in JSON: as bytes, since they do not count for the watchdog's small heap */
  profile(seconds: number): Promise<Uint8Array> {
    return this.#ask({ what: 'profile', ...profileWish(seconds) }) as Promise<Uint8Array>
  }

  /**
   * What the main thread executes now, the innermost call first.
   * @throws Error as the rest of a sentence, where the thread does not stop for it in time
   */
  stack(): Promise<readonly StackFrame[]> {
    return this.#ask({ what: 'stack' }) as Promise<readonly StackFrame[]>
  }

  /** Ends the process with status 1 as soon as the main thread executes JavaScript. */
  exit(): void {
    this.#ask({ what: 'exit' }).catch(() => undefined)
  }

  #ask(wish: InspectorWish): Promise<Result> {
    this.#worker ??= this.#start()
    const order = ++this.#orders
    return new Promise((resolve, reject) => {
      this.#waiting.set(order, { resolve, reject })
      this.#worker!.postMessage({ order, wish } satisfies InspectorOrder)
    })
  }

  #start(): Worker {
    // A thread without memory may take its process along. This one may have much for a moment; the watchdog's stays small.
    const worker = new Worker(new URL('./inspector-thread.js', import.meta.url), {
      name: 'evenloop inspector',
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 2_048 },
    })
    worker.on('message', (answer: InspectorAnswer) => this.#answer(answer))
    worker.on('error', (error) => this.#failed(error))
    worker.unref()
    return worker
  }

  #answer(answer: InspectorAnswer): void {
    const waiting = this.#waiting.get(answer.order)
    this.#waiting.delete(answer.order)
    if ('error' in answer) waiting?.reject(new Error(answer.error))
    else waiting?.resolve(answer.result)
  }

  /** The next order gets another thread. */
  #failed(error: Error): void {
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
