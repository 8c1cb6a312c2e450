import type { ClusterStatus, RouteStatus } from '../../core/status.ts'

/** Stands beside loops that are kept for routes that block. */
export const apartSign = '◆'

/** Which loops are kept for routes that block, and which routes these are. */
export interface Apart {
  readonly loops: readonly string[]
  readonly routes: readonly string[]
}

export function apartOf({ loops, routes }: Pick<ClusterStatus, 'loops' | 'routes'>): Apart {
  return {
    loops: loops.filter(({ isolated }) => isolated).map(({ id }) => id),
    routes: routes.filter(isBlockingRoute).map(({ method, route }) => `${method} ${route}`),
  }
}

/** The loops that this route is confined to; none where all serve it. */
export const confinedTo = (route: RouteStatus, { loops }: Apart): readonly string[] => (isBlockingRoute(route) ? loops : [])

const shown = 3

/** The same in a sentence; empty where nothing is kept apart. */
export function apartText({ loops, routes }: Apart): string {
  if (loops.length === 0) return ''
  const named = routes.slice(0, shown).join(', ')
  const more = routes.length > shown ? ` and ${routes.length - shown} more` : ''
  const which = routes.length === 0 ? '' : `: ${named}${more}`
  return `${loopsText(loops)} ${loops.length === 1 ? 'is' : 'are'} kept for routes that block${which}`
}

/** `loop 3` or `loops 3, 4 and 2 more`, with a capital. */
function loopsText(loops: readonly string[]): string {
  if (loops.length === 1) return `Loop ${loops[0]}`
  const more = loops.length > shown ? ` and ${loops.length - shown} more` : ''
  return `Loops ${loops.slice(0, shown).join(', ')}${more}`
}

// A star stands for what is no request's, and can be confined to nothing.
const isBlockingRoute = (route: RouteStatus): boolean => route.class === 'blocking' && route.method !== '*'
