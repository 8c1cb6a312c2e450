/** A scale on which a task of a millisecond and a worker of a week both have a place: each step is ten times the one before. */
const least = 0.1
const most = 1_000 * 86_400 * 100

export const marks = [
  [1, '1 ms'],
  [1_000, '1 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [86_400_000, '1 day'],
] as const

/** Where a duration stands on it, 0 to 100. */
export const placeOf = (ms: number): number =>
  Math.min(100, Math.max(0, (100 * Math.log10(Math.max(ms, least) / least)) / Math.log10(most / least)))

/** From the shortest to the longest in words, in one where they hardly differ. */
export function rangeText(values: readonly number[], show: (value: number) => string): string {
  if (values.length === 0) return ''
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const [from, to] = [show(low), show(high)]
  if (high <= low * 1.5) return show((low + high) / 2)
  return from === to ? from : `${from} to ${to}`
}

export interface Weighed {
  readonly value: number
  readonly weight: number
}

/** The value with half of the weight at either side; undefined of none. */
export function middleOf(values: readonly Weighed[]): number | undefined {
  const sorted = values.toSorted((a, b) => a.value - b.value)
  const half = values.reduce((sum, { weight }) => sum + weight, 0) / 2
  let sum = 0
  return sorted.find(({ weight }) => (sum += weight) >= half)?.value
}
