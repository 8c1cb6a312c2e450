// @ts-check

/** @type {(ms: number) => string} */
export const time = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`)

/** How long a run took. */
/** @type {(seconds: number) => string} */
export const length = (seconds) =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`

/** @type {(value: number) => string} */
export const share = (value) => `${(value * 100).toFixed(value === 0 || value === 1 ? 0 : 2)} %`

/** @type {(value: number) => string} */
export const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** What a threshold measured, in the unit of its metric. */
/** @type {(threshold: { metric: string, limit: string, actual: number }) => string} */
export function actual({ metric, limit, actual }) {
  if (/_duration|_round_trip|_connecting/.test(metric)) return time(actual)
  if (metric.startsWith('dropped_iterations')) return limit.startsWith('rate') ? `${actual.toFixed(2)}/s` : count(actual)
  return share(actual)
}
