/** The times of many requests, every one kept: a percentile of a simulation need not be an estimate. Milliseconds. */
export class Latencies {
  #times = new Float64Array(1_024)
  #count = 0
  #sorted = true

  get count(): number {
    return this.#count
  }

  add(ms: number): void {
    if (this.#count === this.#times.length) {
      const larger = new Float64Array(this.#count * 2)
      larger.set(this.#times)
      this.#times = larger
    }
    this.#times[this.#count++] = ms
    this.#sorted = false
  }

  /** The smallest time that at least the share of all does not exceed; NaN where there is none. @param share 0 to 1 */
  quantile(share: number): number {
    const times = this.#times.subarray(0, this.#count)
    if (!this.#sorted) times.sort()
    this.#sorted = true
    return times[Math.max(0, Math.ceil(this.#count * share) - 1)] ?? Number.NaN
  }
}
