import { type Arrivals, dueMs } from './arrivals.ts'
import type { Offered, OfferedRoute } from './commands.ts'

export const isGood = (status: number): boolean => status >= 200 && status < 400
export const isRefused = (status: number): boolean => status === 429 || status === 503

/**
 * What became of the requests of each route.
 * @param kinds the route of each request, by index
 */
export function offered(arrivals: Arrivals, kinds: Uint16Array, count: number, { rate }: { readonly rate: number }): Offered {
  const late = arrivals.lateMs.toSorted()
  return {
    routes: Array.from({ length: count }, (_, route) => routeOf(arrivals, kinds, route, rate)),
    lateP50Ms: late[Math.floor(late.length * 0.5)]!,
    lateP99Ms: late[Math.floor(late.length * 0.99)]!,
    failures: failuresOf(arrivals),
  }
}

function routeOf({ statuses, latenciesMs }: Arrivals, kinds: Uint16Array, route: number, rate: number): OfferedRoute {
  const indexes = [...kinds.keys()].filter((index) => kinds[index] === route)
  const good = indexes.filter((index) => isGood(statuses[index]!))
  const latencies = Float64Array.from(good, (index) => latenciesMs[index]!)
  const fastest = latencies.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  const end = dueMs(kinds.length, rate) + fastest
  return {
    sent: indexes.length,
    refused: indexes.filter((index) => isRefused(statuses[index]!)).length,
    failed: indexes.filter((index) => !isGood(statuses[index]!) && !isRefused(statuses[index]!)).length,
    inTime: good.filter((index) => dueMs(index, rate) + latenciesMs[index]! <= end).length,
    latenciesMs: latencies,
  }
}

function failuresOf({ statuses, failures }: Arrivals): Offered['failures'] {
  const counts = new Map<string, number>()
  for (const [index, status] of statuses.entries()) {
    if (isGood(status) || isRefused(status)) continue
    const what = failures.get(index) ?? `HTTP/1.1 ${status}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts]
    .map(([what, count]) => ({ what, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 5)
}
