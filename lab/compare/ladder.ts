import type { Step } from './comparison.ts'

/** Two digits that mean something: nobody cares for 1337 requests a second. */
export function roundRate(rate: number): number {
  if (rate < 1) return Math.max(0.1, Math.round(rate * 10) / 10)
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 1)
  // A whole number of units, not a product with 0.1: 0.1 times 23 is no 2.3.
  return unit < 1 ? Math.round(rate / unit) / Math.round(1 / unit) : Math.round(rate / unit) * unit
}

/** Of the least capacity, where the ladder begins: everybody keeps up there. */
const lowest = 0.5
/** Of the greatest capacity, where it ends: nobody keeps up there. */
const highest = 1.15

/** Rates to offer to every model, growing evenly by a factor from where all keep up to where none does. */
export function ladder(capacities: readonly number[], count: number): number[] {
  const known = capacities.filter((capacity) => capacity > 0)
  if (known.length === 0) return []
  const from = Math.min(...known) * lowest
  const to = Math.max(...known) * highest
  const rates = Array.from({ length: count }, (_, index) => roundRate(from * (to / from) ** (index / (count - 1))))
  return [...new Set(rates)]
}

/** Beyond this share of its capacity a model is known not to keep up. */
const hopeless = 1.2
/** One rate beyond is still offered, to show what happens there, but no flood. */
const flood = 4

/** Those rates that are worth offering to a model: all that it may keep up with, and the next one. */
export function worthOffering(rates: readonly number[], capacity: number): number[] {
  const above = rates.findIndex((rate) => rate > capacity * hopeless)
  if (above === -1) return [...rates]
  const withNext = above === 0 || rates[above]! <= capacity * flood
  return rates.slice(0, above + (withNext ? 1 : 0))
}

/**
 * The capacity of a model: what it answered in a burst, as far as the steps do not tell better. A rate that it kept up with it can
 * do; one that it did not it cannot.
 */
export function capacityFrom(burst: number, steps: readonly Step[]): number {
  const kept = steps.filter(({ saturated }) => !saturated).map(({ throughput }) => throughput)
  const lost = steps.filter(({ saturated }) => saturated).map(({ offered, throughput }) => Math.max(throughput, Math.min(offered, burst)))
  return Math.max(...kept, Math.min(burst, ...lost), 0)
}
