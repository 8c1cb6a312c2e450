import type { RouteClass } from './status.ts'

/** Why a request went to one loop and not to another. */
export interface Decision {
  /** The route as the balancer knows it, such as `GET /users/:id`; undefined where it knows nothing of it. */
  readonly route?: string | undefined
  readonly class: RouteClass
  readonly priority: 'high' | 'normal' | 'low'
  readonly policy: string
  /** The loop chosen; undefined where the request waits. */
  readonly chosen?: string | undefined
  /** One sentence for people. */
  readonly reason: string
  /** Requests that wait for a loop. */
  readonly queued: number
  readonly candidates: readonly Candidate[]
}

/** One endpoint at the moment of a choice. */
export interface Candidate {
  readonly loop: string
  readonly key: string
  /** Requests of this balancer that it holds, and how many of them are on blocking routes. */
  readonly inFlight: number
  readonly blocking: number
  /** How many it may hold; 0 where nothing limits it. */
  readonly limit: number
  /** Of its last beat: 0 to 1, and milliseconds; undefined where it does not beat. */
  readonly utilization?: number | undefined
  readonly delayMs?: number | undefined
  /** How long it takes to begin a response, in milliseconds, as peak-ewma reckons. */
  readonly latencyMs: number
  /** What stands against it, if anything does. It is given up where nobody would be left. */
  readonly standing: Standing
}

export type Standing =
  | 'eligible'
  /** Kept for blocking routes. */
  | 'isolated'
  /** A worker for blocking routes alone. */
  | 'pool'
  /** Kept for everything else: the request is of a blocking route, and others are kept for those. */
  | 'reserved'
  /** Holds a request of a blocking route. */
  | 'blocking'
  /** Has not been heard of for three beats. */
  | 'silent'
  /** Holds as many as it may. */
  | 'full'
  | 'ejected'
  | 'unhealthy'
  | 'unreachable'
  | 'starting'
  | 'draining'
  | 'dead'

/** What one balancer says of a request. */
export interface BalancerDecision extends Decision {
  readonly balancer: string
}

/** A request that is asked about. */
export interface DecisionQuery {
  readonly method: string
  readonly path: string
  /** What makes it stick to one loop. */
  readonly key?: string | undefined
}

const longestPath = 8_192
const longestKey = 1_024

/**
 * The question of `GET /api/explain?method=GET&path=/x&key=`.
 * @returns the query, or what is wrong with it and what is accepted
 */
export function readDecisionQuery(query: Readonly<Record<string, unknown>>): DecisionQuery | string {
  const { method = 'GET', path, key = '' } = query
  const isMethod = typeof method === 'string' && /^[A-Za-z][A-Za-z-]{0,31}$/.test(method)
  if (!isMethod) return `method is ${show(method)}; accepted: the method of a request, for instance method=GET`
  if (typeof path !== 'string' || !/^\/[\x21-\x7e]*$/.test(path) || path.length > longestPath)
    return `path is ${show(path)}; accepted: a path as in a request, which begins with / and has everything else than visible ASCII escaped, for instance path=/users/7`
  if (typeof key !== 'string' || key.length > longestKey)
    return `key is ${show(key)}; accepted: one text of at most ${longestKey} characters, what rendezvous makes stick`
  return { method: method.toUpperCase(), path, ...(key === '' ? {} : { key }) }
}

const show = (value: unknown): string => (value === undefined ? 'missing' : (JSON.stringify(value) ?? '').slice(0, 80))
