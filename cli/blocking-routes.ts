import type { ClusterStatus, Holding } from '../core/status.ts'

import { plainText } from './plain-text.ts'
import { renderTable, right } from './table.ts'

// Below this a route is no one's trouble; above it the others on its loop begin to wait.
const worthShowingMs = 10
const shownRoutes = 5

/** A table of the routes that block longest, or are kept apart as blocking; none where no route does. */
export function blockingRouteLines({ routes }: Pick<ClusterStatus, 'routes'>, hasColours: boolean): string[] {
  const worst = routes
    .filter((route) => route.blockingP99Ms > worthShowingMs || route.class === 'blocking')
    .sort((a, b) => b.blockingP99Ms - a.blockingP99Ms)
    .slice(0, shownRoutes)
  if (worst.length === 0) return []
  const rows = worst.map(({ method, route, class: kind, requests, blockingP50Ms, blockingP99Ms }) => [
    { text: plainText(`${method} ${route}`) },
    { text: kind, colour: kind === 'blocking' ? ('yellow' as const) : undefined },
    { text: String(requests) },
    { text: millis(blockingP50Ms) },
    { text: millis(blockingP99Ms), colour: blockingP99Ms >= 100 ? ('red' as const) : ('yellow' as const) },
  ])
  return renderTable(
    [{ title: 'ROUTE THAT BLOCKS' }, { title: 'CLASS' }, right('REQUESTS'), right('HELD P50'), right('HELD P99')],
    rows,
    hasColours,
  )
}

/** What holds a loop at this moment: `GET /report for 340 ms`. */
export function holdingText({ routes, forMs }: Holding): string {
  const [first, ...others] = routes.map(({ method, route }) => plainText(`${method} ${route}`))
  const what = first === undefined ? 'no request' : others.length === 0 ? first : `${first} or ${others.length} more`
  return `${what} for ${forMs < 10_000 ? `${Math.round(forMs)} ms` : `${Math.round(forMs / 1000)} s`}`
}

const millis = (ms: number): string => `${ms.toFixed(1)} ms`
