/** A sum in which what was added a time constant ago counts for a third, as an exponential fades. */
export class FadingSum {
  readonly #tauMs: number
  #sum = 0
  #at = 0

  constructor(tauMs: number) {
    this.#tauMs = tauMs
  }

  /** @param spanMs the time up to now over which the amount has come evenly */
  add(amount: number, spanMs: number, now: number): void {
    this.#sum = this.at(now) + amount * (spanMs > 0 ? fadedSpan(spanMs, this.#tauMs) / spanMs : 1)
    this.#at = now
  }

  at(now: number): number {
    return this.#sum === 0 ? 0 : this.#sum * Math.exp((this.#at - now) / this.#tauMs)
  }
}

/** What a second in each second would add up to in this time: divides a fading sum into a rate that is right from the first report on. */
export const fadedSpan = (ageMs: number, tauMs: number): number => tauMs * -Math.expm1(-ageMs / tauMs)
