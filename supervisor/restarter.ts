import type { Clock, Rng } from '../core/sources.ts'
import { countDeath, restartDelay, type RestartSettings } from './restart-policy.ts'

export interface RestarterContext {
  readonly restart: RestartSettings
  readonly clock: Clock
  readonly rng: Rng
}

/** The restart policy with its memory and its one timer: starts one process again, later. */
export class Restarter {
  readonly #context: RestarterContext
  readonly #launch: () => void
  #deaths = 0
  #timer: NodeJS.Timeout | undefined

  constructor(context: RestarterContext, launch: () => void) {
    this.#context = context
    this.#launch = launch
  }

  /** Deaths in a row. */
  get deaths(): number {
    return this.#deaths
  }

  /**
   * Counts a death and sets the next start.
   * @param readyAt when it became ready, by the clock; undefined where it never did
   * @returns the pause in milliseconds
   */
  died(readyAt: number | undefined): number {
    const { restart, clock, rng } = this.#context
    this.#deaths = countDeath(restart, this.#deaths, readyAt === undefined ? undefined : clock.now() - readyAt)
    const delay = restartDelay(restart, this.#deaths, rng)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#launch, delay)
    return delay
  }

  /** Forgets a start that has not happened yet. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
