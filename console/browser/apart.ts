import type { ClusterStatus, RouteStatus } from '../../core/status.ts'

/** Stands beside loops that are kept for routes that block. */
export const apartSign = '◆'

/** Which loops and workers are kept for routes that block, and which routes these are. */
export interface Apart {
  readonly loops: readonly string[]
  /** Of the pool, which takes nothing else. */
  readonly workers: readonly string[]
  readonly routes: readonly string[]
}

export function apartOf({ loops, routes }: Pick<ClusterStatus, 'loops' | 'routes'>): Apart {
  return {
    loops: loops.filter(({ isolated, forBlocking }) => isolated && !forBlocking).map(({ id }) => id),
    workers: loops.filter(({ forBlocking }) => forBlocking).map(({ id }) => id),
    routes: routes.filter(isBlockingRoute).map(({ method, route }) => `${method} ${route}`),
  }
}

/** The loops or workers that this route is confined to, in words; undefined where all loops serve it. */
export function confinedTo(route: RouteStatus, { loops, workers }: Apart): string | undefined {
  if (!isBlockingRoute(route)) return undefined
  // No loop is kept while the pool serves: where one is, the pool does not.
  if (loops.length > 1) return `on ${loops.length} loops`
  if (loops.length === 1) return `on loop ${loops[0]}`
  return workers.length > 0 ? 'in pool' : undefined
}

const shown = 3

/** The same in a sentence; empty where nothing is kept apart. */
export function apartText({ loops, workers, routes }: Apart): string {
  if (loops.length + workers.length === 0) return ''
  const named = routes.slice(0, shown).join(', ')
  const more = routes.length > shown ? ` and ${routes.length - shown} more` : ''
  const which = routes.length === 0 ? '' : `: ${named}${more}`
  const kept = loops.length > 0 ? `${loopsText(loops)} ${loops.length === 1 ? 'is' : 'are'} kept` : `${poolText(workers.length)} kept`
  return `${kept} for routes that block${which}`
}

/** `loop 3` or `loops 3, 4 and 2 more`, with a capital. */
function loopsText(loops: readonly string[]): string {
  if (loops.length === 1) return `Loop ${loops[0]}`
  const more = loops.length > shown ? ` and ${loops.length - shown} more` : ''
  return `Loops ${loops.slice(0, shown).join(', ')}${more}`
}

const poolText = (workers: number): string => (workers === 1 ? 'A pool of one worker is' : `A pool of ${workers} workers is`)

// A star stands for what is no request's, and can be confined to nothing.
const isBlockingRoute = (route: RouteStatus): boolean => route.class === 'blocking' && route.method !== '*'
