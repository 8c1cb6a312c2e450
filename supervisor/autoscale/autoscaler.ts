import type { Clock } from '../../core/sources.ts'
import type { ClusterStatus } from '../../core/status.ts'
import { decide } from './decide.ts'
import { sampleOf } from './sample.ts'
import { follow, type Rules, type Trend } from './trend.ts'

export interface AutoscalerParts {
  readonly rules: Rules
  readonly clock: Clock
  readonly look: () => Pick<ClusterStatus, 'loops' | 'balancers'>
  /** A start, a reload or another change is under way. */
  readonly busy: () => boolean
  /** Changes the number of loops and tells the operator why, or why that failed. */
  readonly scale: (loops: number, why: string) => Promise<unknown>
}

// Loops and balancers report as often.
const lookMs = 1_000
// What kept a loop from starting is seldom gone a few seconds later, and each try costs a process and tells the operator once more.
const pauseMs = 60_000

/** Looks at the cluster once a second, and adds or takes away loops as the load asks for it. */
export class Autoscaler {
  readonly #parts: AutoscalerParts
  readonly #timer: NodeJS.Timeout
  #trend: Trend | undefined
  #restUntil = -Infinity

  constructor(parts: AutoscalerParts) {
    this.#parts = parts
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { rules, clock, look, busy } = this.#parts
    const now = clock.now()
    const sample = busy() ? undefined : sampleOf(now, look())
    // Loops that have just started are slow, and those that were alone meanwhile were too busy: what was seen counts no more.
    this.#trend = sample === undefined ? undefined : follow(this.#trend, sample, rules)
    if (this.#trend === undefined || now < this.#restUntil) return
    const decision = decide(this.#trend, rules)
    if (decision === undefined) return
    this.#trend = undefined
    this.#parts.scale(decision.loops, decision.why).catch(() => (this.#restUntil = clock.now() + pauseMs))
  }
}
