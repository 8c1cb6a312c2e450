import type { Demand } from './demand.ts'
import { SteadyLevel } from './steady-level.ts'

// What does not block needs loops of its own while it is a tenth of all requests, and until it is a twentieth.
const enoughShare = 0.1
const tooLittleShare = 0.05
// How busy the others may become on the loops that are left to them.
const otherTarget = 0.8

/** How many loops are kept for blocking routes. */
export class Split {
  readonly #target: number
  readonly #wanted = new SteadyLevel()
  readonly #reserve = new SteadyLevel()
  #othersCount = false

  /** @param target how busy they may be, 0 to 1 */
  constructor(target: number) {
    this.#target = target
  }

  /** How many loops are not for blocking routes, whatever these ask for. @param loops that could serve */
  reserve(loops: number, demand: Demand): number {
    return Math.max(0, Math.min(Math.ceil(this.#othersNeed(demand)), loops - 1))
  }

  /** How many loops are for them alone. @param loops that could serve */
  review(loops: number, demand: Demand, now: number): number {
    this.#othersCount = demand.otherShare >= (this.#othersCount ? tooLittleShare : enoughShare)
    const wanted = this.#wanted.review(atLeastOne(demand.blockingSeen, demand.blockingLoops / this.#target), now)
    const reserve = this.#reserve.review(this.#othersNeed(demand), now)
    if (wanted === 0 || loops < 2) return 0
    // Somebody has to go short where all is not enough: one loop stays for either.
    if (reserve > 0) return Math.max(1, Math.min(wanted, loops - reserve))
    // Where everything blocks there is nothing to keep apart.
    return wanted < loops ? wanted : 0
  }

  #othersNeed({ otherShare, otherLoops }: Demand): number {
    return atLeastOne(otherShare >= (this.#othersCount ? tooLittleShare : enoughShare), otherLoops / otherTarget)
  }
}

const atLeastOne = (any: boolean, need: number): number => (any ? Math.max(need, Number.MIN_VALUE) : 0)
