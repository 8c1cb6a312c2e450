import type { LoopState } from './messages.ts'

/** The answer of `GET /api/status` and the events of `GET /api/events`. Others depend on it: add, never change. */
export interface ClusterStatus {
  readonly version: string
  readonly model: string
  /** `http://HOST:PORT` that clients connect to. */
  readonly listen: string
  readonly uptimeSeconds: number
  /** Between how many loops it scales itself; left out where their number is fixed. */
  readonly autoscale?: { readonly min: number; readonly max: number }
  readonly loops: readonly LoopStatus[]
  readonly balancers: readonly BalancerStatus[]
  readonly routes: readonly RouteStatus[]
  /** The reload that is under way, or how the last one ended. */
  readonly reload: { readonly state: 'idle' | 'running' | 'failed'; readonly generation: number; readonly message?: string }
}

export interface LoopStatus {
  readonly id: string
  readonly pid: number
  /** Which of its process's threads it is, from 0; left out for a loop that is a process of its own. */
  readonly thread?: number
  /** It belongs to the pool of sync workers for blocking routes. */
  readonly forBlocking: boolean
  /** Requests it holds at once; 0 sets no cap. */
  readonly concurrency: number
  /** Since it became ready; 0 before. */
  readonly uptimeSeconds: number
  readonly state: LoopState
  readonly generation: number
  readonly inFlight: number
  readonly requests: number
  /** Of the process or thread that serves now; left out for a foreign server, which does not tell. */
  readonly tasks?: TaskCounts
  /** 0 to 1 over the last window. */
  readonly utilization: number
  readonly delayP99Ms: number
  readonly rssBytes: number
  readonly heapUsedBytes: number
  readonly restarts: number
  readonly isolated: boolean
  /** It holds requests and has been silent for three beats of its link: its event loop is held by a handler. */
  readonly blocked: boolean
  /** What holds its event loop at this moment, from about 100 ms on. */
  readonly holding?: Holding
  /** The longest hold of the last seconds that is over, where it lasted for 10 ms. */
  readonly lastHold?: LongHold & { /** How long ago it was told, in milliseconds. */ readonly agoMs: number }
}

/** What one process or thread has done since it began. Its successor begins anew, while `requests` of the loop goes on. */
export interface TaskCounts {
  /** Requests that it has begun. */
  readonly begun: number
  /** The time for which these were open, added up: what it grows by in a second is how many were open on average. */
  readonly openSeconds: number
  /** When it counted, by a clock of its own: one that is held counts again when it is free. */
  readonly atSeconds: number
}

/** A handler that has not given its event loop back. */
export interface Holding {
  /** The route whose handler runs; where none is known to run, those of the requests that are open. Empty: no request is. */
  readonly routes: readonly RouteName[]
  /** Milliseconds so far. */
  readonly forMs: number
}

/** How long a route held an event loop. */
export interface LongHold extends RouteName {
  readonly forMs: number
}

export interface RouteName {
  readonly method: string
  /** The pattern of the route, `/users/:id`; for apps without patterns the path, with `:id` and the like for what varies. */
  readonly route: string
}

export interface BalancerStatus {
  readonly id: string
  readonly pid: number
  readonly state: LoopState
  readonly connections: number
  readonly inFlight: number
  readonly queued: number
  readonly requests: number
  /** Requests refused because no loop could take them in time; these four are since the process began. */
  readonly shed: number
  readonly retries: number
  readonly rescued: number
  readonly errors: number
}

export interface RouteStatus extends RouteName {
  /** Since the cluster began. */
  readonly requests: number
  /** How long one request held its event loop without giving it back, over the last minute. */
  readonly blockingP50Ms: number
  readonly blockingP99Ms: number
  readonly class: RouteClass
}

export type RouteClass = 'async' | 'blocking'

/** Something that happened, as `GET /api/events` tells it in events named `notice`. */
export interface ClusterEvent {
  /** Grows by one. */
  readonly id: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly kind: 'start' | 'ready' | 'crash' | 'block' | 'reload' | 'scale' | 'replace' | 'shed' | 'isolate' | 'stop'
  readonly severity: 'info' | 'warning' | 'error'
  readonly loop?: string
  readonly balancer?: string
  /** One sentence for people. */
  readonly message: string
}

/** The answer of `GET /api/history`: one sample a second, for ten minutes at most. */
export interface ClusterHistory {
  readonly stepMs: number
  /** When each sample was taken, in milliseconds since 1970; the newest last. */
  readonly at: readonly number[]
  /** By id. As long as `at`; null where the loop was not there. */
  readonly loops: Readonly<Record<string, Readonly<Record<LoopSeries, readonly (number | null)[]>>>>
  readonly balancers: Readonly<Record<string, Readonly<Record<BalancerSeries, readonly (number | null)[]>>>>
}

export type LoopSeries = 'utilization' | 'delayP99Ms' | 'inFlight' | 'requests' | 'rssBytes'

export type BalancerSeries = 'connections' | 'inFlight' | 'queued' | 'requests' | 'shed'
