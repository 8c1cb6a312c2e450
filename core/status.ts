import type { LoopState } from './messages.ts'

/** The answer of `GET /api/status` and the events of `GET /api/events`. Others depend on it: add, never change. */
export interface ClusterStatus {
  readonly version: string
  readonly model: string
  /** `http://HOST:PORT` that clients connect to. */
  readonly listen: string
  readonly uptimeSeconds: number
  readonly loops: readonly LoopStatus[]
  readonly balancers: readonly BalancerStatus[]
  readonly routes: readonly RouteStatus[]
  /** The reload that is under way, or how the last one ended. */
  readonly reload: { readonly state: 'idle' | 'running' | 'failed'; readonly generation: number; readonly message?: string }
}

export interface LoopStatus {
  readonly id: string
  readonly pid: number
  readonly state: LoopState
  readonly generation: number
  readonly inFlight: number
  readonly requests: number
  /** 0 to 1 over the last window. */
  readonly utilization: number
  readonly delayP99Ms: number
  readonly rssBytes: number
  readonly restarts: number
  readonly isolated: boolean
  /** It holds requests and has been silent for three beats of its link: its event loop is held by a handler. */
  readonly blocked: boolean
}

export interface BalancerStatus {
  readonly id: string
  readonly pid: number
  readonly state: LoopState
  readonly connections: number
  readonly inFlight: number
  readonly queued: number
  readonly requests: number
}

export interface RouteStatus {
  readonly method: string
  readonly route: string
  readonly requests: number
  readonly blockingP99Ms: number
  readonly class: 'async' | 'blocking'
}
