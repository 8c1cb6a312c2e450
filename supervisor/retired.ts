import { isCounted, mergeFamilies, type MetricFamily } from '../core/metrics/family.ts'

/**
 * What ended processes had counted. A restart or reload must not make a counter go backwards: Prometheus would read a
 * reset, and the requests between would be lost.
 */
export class Retired {
  #families: readonly MetricFamily[] = []

  add(metrics: readonly MetricFamily[]): void {
    this.#families = mergeFamilies([this.#families, metrics.filter(isCounted)])
  }

  /** The loop is gone for good, and its series end. What it counted for the whole cluster, such as its routes, stays. */
  endLoop(id: string): void {
    this.#families = mergeFamilies([this.#families], (labels) => labels['loop'] !== id)
  }

  get families(): readonly MetricFamily[] {
    return this.#families
  }
}
