// The need has to be below what one less would do, by this margin and for so long, before one goes.
const margin = 0.8
const patienceMs = 10_000
// One that is needed again so soon after it went should have stayed: the next one stays for so many times as long.
const regretMs = 120_000
const regretFactor = 8
const mostPatienceMs = 600_000
// Of many, more than one goes at a time.
const step = 8

/** A whole number that follows a need: up at once, and down only when that is no mistake. */
export class SteadyLevel {
  #level = 0
  #lowSince: number | undefined = undefined
  #fellAt = -Infinity
  #patienceMs = patienceMs

  /** @param need of 0 is none at all: then there is no wait but the first, and nothing is left after it */
  review(need: number, now: number): number {
    if (need > this.#level) this.#rise(Math.ceil(need), now)
    else if (this.#level === 0 || need > margin * (this.#level - 1)) this.#lowSince = undefined
    else this.#fall(need, now)
    return this.#level
  }

  #rise(level: number, now: number): void {
    // What comes after nothing is a new load, and no mistake.
    if (this.#level === 0) this.#patienceMs = patienceMs
    else if (now - this.#fellAt < regretMs) this.#patienceMs = Math.min(this.#patienceMs * regretFactor, mostPatienceMs)
    this.#level = level
    this.#lowSince = undefined
  }

  #fall(need: number, now: number): void {
    this.#lowSince ??= now
    if (now - this.#lowSince < (need === 0 ? patienceMs : this.#patienceMs)) return
    this.#level = need === 0 ? 0 : this.#level - Math.max(1, Math.floor(this.#level / step))
    this.#fellAt = now
    this.#lowSince = undefined
  }
}
