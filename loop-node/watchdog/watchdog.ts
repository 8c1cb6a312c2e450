import { Worker } from 'node:worker_threads'

import type { Logger } from '../../core/log.ts'
import type { Route } from '../measure/route-table.ts'
import type { LoopBoard } from './board.ts'
import type { Watcher } from './watcher.ts'

/** What the watchdog's thread is started with. */
export interface WatchdogData {
  readonly memory: SharedArrayBuffer
  /** The file descriptor of its own channel to the supervisor; undefined for a loop that runs alone. */
  readonly sideDoor: number | undefined
  readonly loop: string
  readonly logLevel: string
  /** A loop that runs alone ends when one hold lasts so long, in milliseconds; 0 for never. */
  readonly blockLimit: number
}

/**
 * A thread beside the event loop that sees when the loop is held, and by which route: the loop itself cannot say so.
 * It has a channel of its own to the supervisor, so that a loop that hangs can be asked what it does.
 */
export class Watchdog implements Watcher {
  /** Settles when it looks, or never will: a hold before that would have no name. */
  readonly watching: Promise<void>
  readonly #worker: Worker

  constructor(board: LoopBoard, options: Omit<WatchdogData, 'memory'>, log: Logger) {
    const workerData: WatchdogData = { ...options, memory: board.memory }
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), {
      workerData,
      name: 'evenloop watchdog',
      // What an operator preloads for the app is not for this thread.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.on('error', (error) =>
      log.warn({ err: error }, `the watchdog thread ended: ${error.message}; holds are not named any more`),
    )
    this.watching = new Promise((resolve) => {
      this.#worker.once('message', () => {
        // An app that has nothing left to do must end. Until now this thread alone may keep the process alive.
        this.#worker.unref()
        resolve()
      })
      this.#worker.once('exit', () => resolve())
    })
  }

  /** To be told before a request of that route runs. */
  name({ id, method, route }: Route): void {
    this.#worker.postMessage({ id, method, route })
  }
}
