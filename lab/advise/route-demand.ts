/** What one request of a route asks for, in milliseconds. What it takes when nothing else is there is the sum of all four. */
export interface RouteDemand {
  /** `GET /io?ms=50` */
  readonly name: string
  /** As the loops know it, such as `GET /users/:id`; undefined where they know none. */
  readonly pattern?: string | undefined
  /** Of all requests, 0 to 1. */
  readonly share: number
  /** It computes: its event loop and a CPU are taken. */
  readonly cpuMs: number
  /** It holds its event loop, and uses no CPU: synchronous I/O, a lock of the operating system. */
  readonly heldMs: number
  /** It has given its event loop back and waits for something that many can wait for at once. */
  readonly waitMs: number
  /** It waits for its turn at something that serves one request at a time, and has it for this long. */
  readonly lockMs: number
  /** The routes of a process of its own wait for a lock of that process; otherwise all of them wait for one. */
  readonly lockIsLocal: boolean
  /** How much single requests differ: factors around 1, each as likely as the other. */
  readonly spread: readonly number[]
}

/** How long a request holds its event loop. */
export const busyMs = ({ cpuMs, heldMs }: RouteDemand): number => cpuMs + heldMs

/** How long a request takes where it need not wait for another one. */
export const aloneMs = (route: RouteDemand): number => busyMs(route) + route.waitMs + route.lockMs

/** The mean over all requests of a workload. */
export const meanOf = (routes: readonly RouteDemand[], of: (route: RouteDemand) => number): number =>
  routes.reduce((sum, route) => sum + route.share * of(route), 0)

/** The squared coefficient of variation over all requests of a workload. */
export function variationOf(routes: readonly RouteDemand[], of: (route: RouteDemand) => number): number {
  const mean = meanOf(routes, of)
  if (mean === 0) return 0
  const square = meanOf(routes, (route) => of(route) ** 2 * (1 + variance(route.spread)))
  return Math.max(0, square / mean ** 2 - 1)
}

function variance(factors: readonly number[]): number {
  if (factors.length === 0) return 0
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length
  return factors.reduce((sum, factor) => sum + (factor - mean) ** 2, 0) / factors.length
}
