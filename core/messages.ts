import type { MetricFamily } from './metrics/family.ts'
import type { RouteCounts } from './route-counts.ts'
import type { Decision } from './decision.ts'
import type { StackFrame } from './stack.ts'
import type { Holding, LongHold, RouteName, TaskCounts } from './status.ts'

/**
 * What the supervisor and its child processes say to each other over the IPC channel, as plain JSON. A child
 * whose channel closes has lost its supervisor: it drains and exits.
 */

export type LoopState = 'starting' | 'ready' | 'draining' | 'dead'

/** One endpoint as the supervisor tells the balancers of it. */
export interface EndpointSpec {
  /** Names one process for its whole life: `ID.GENERATION.N`. */
  readonly key: string
  /** The loop's id in status, logs and metrics; its successor after a restart or reload bears the same. */
  readonly loop: string
  /** An ADDRESS of core/address.ts. */
  readonly address: string
  readonly state: 'ready' | 'draining'
  /** Requests it may hold at once over all balancers, divided by their number; 0 sets no cap. */
  readonly concurrency: number
  /**
   * The routes that have held it for longer than anyone waits: it is being replaced. Requests of theirs that it holds are not given to
   * another loop; empty where no route is known, and then none of its requests is. Undefined for a loop that runs.
   */
  readonly hungBy?: readonly RouteName[] | undefined
  /** True for a loop of our own, which says when it has taken a request (see docs/concepts/a-request.md). */
  readonly node: boolean
  /** It belongs to the pool of sync workers for blocking routes, and gets nothing else while any loop serves. */
  readonly forBlocking: boolean
}

export interface LoopReport {
  /** Share of the last window in which the loop was busy, 0 to 1. */
  readonly utilization: number
  /** Over the last window, in milliseconds. */
  readonly delayP99Ms: number
  readonly inFlight: number
  /** Since the process began. */
  readonly requests: number
  /** Left out for a foreign server. */
  readonly tasks?: TaskCounts | undefined
  readonly rssBytes: number
  readonly heapUsedBytes: number
  /** Of the routes that had requests since the last report. */
  readonly routes: readonly RouteCounts[]
  /** The longest hold since the last report, where it lasted for 10 ms. */
  readonly longest?: LongHold | undefined
  /** A balancer keeps it for blocking routes. */
  readonly isolated: boolean
}

export interface ErrorText {
  readonly message: string
  readonly stack?: string | undefined
}

export type LoopToSupervisor =
  | {
      readonly type: 'ready'
      /** where it serves, as an ADDRESS */ readonly address: string
      /** what kind of app was found */ readonly kind: string
    }
  | { readonly type: 'failed'; readonly error: ErrorText }
  | { readonly type: 'foreign'; /** the pid of the program it runs, to be ended if the loop process dies */ readonly pid: number }
  | { readonly type: 'report'; readonly report: LoopReport }
  | { readonly type: 'metrics'; readonly ask: number; /** Everything that the process counts. */ readonly metrics: readonly MetricFamily[] }
  | { readonly type: 'snapshot'; readonly ask: number; /** Why there is none. */ readonly error?: string }

export type SupervisorToLoop =
  | { readonly type: 'drain'; readonly limitMs: number }
  | { readonly type: 'collect'; readonly ask: number }
  /** Write a heap snapshot to this file. */
  | { readonly type: 'snapshot'; readonly ask: number; readonly path: string }

/** What a watchdog thread has seen of its loop. */
export interface Hold extends Holding {
  /** The loop runs again. */
  readonly over: boolean
}

/** What a loop's watchdog thread says on its own channel, also while the loop is held. */
export type WatchdogToSupervisor =
  | ({ readonly type: 'hold' } & Hold)
  | { readonly type: 'profile'; readonly ask: number; /** The text of a .cpuprofile. */ readonly profile?: string; readonly error?: string }
  | {
      readonly type: 'stack'
      readonly ask: number
      /** The innermost call first. */ readonly frames?: readonly StackFrame[]
      readonly error?: string
    }

export type SupervisorToWatchdog =
  | { readonly type: 'profile'; readonly ask: number; readonly seconds: number }
  /** What does the loop's thread execute at this moment? */
  | { readonly type: 'stack'; readonly ask: number }

export interface BalancerReport {
  readonly connections: number
  readonly inFlight: number
  readonly queued: number
  /** Since the process began; so are the next four, whose metrics are `evenloop_proxy_NAME_total`. */
  readonly requests: number
  readonly shed: number
  readonly retries: number
  readonly rescued: number
  readonly errors: number
  /** In-flight requests by endpoint key. */
  readonly endpoints: Readonly<Record<string, number>>
}

export type BalancerToSupervisor =
  | { readonly type: 'listening'; readonly host: string; readonly port: number }
  | { readonly type: 'failed'; readonly error: ErrorText }
  /** The set with this version is in force: nothing new goes to an endpoint that it shows as draining or not at all. */
  | { readonly type: 'applied'; readonly version: number }
  /** This balancer holds no request on that draining endpoint any more (upgraded connections may remain). */
  | { readonly type: 'released'; readonly key: string }
  /**
   * A loop holds requests of this balancer and has been silent for three beats (blocked), or speaks again (not).
   * Sent at once, on flips only.
   */
  | { readonly type: 'silence'; readonly key: string; readonly blocked: boolean }
  | { readonly type: 'report'; readonly report: BalancerReport }
  | { readonly type: 'metrics'; readonly ask: number; /** Everything that the process counts. */ readonly metrics: readonly MetricFamily[] }
  | { readonly type: 'decision'; readonly ask: number; readonly decision: Decision }

export type SupervisorToBalancer =
  /** Carries the shared listening handle. */
  | { readonly type: 'listen' }
  | { readonly type: 'endpoints'; readonly version: number; readonly endpoints: readonly EndpointSpec[] }
  | { readonly type: 'drain'; readonly limitMs: number }
  | { readonly type: 'collect'; readonly ask: number }
  /** Where would this request go now? */
  | { readonly type: 'explain'; readonly ask: number; readonly method: string; readonly path: string; readonly key?: string | undefined }
