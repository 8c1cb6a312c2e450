/** What `evenloop compare` has found out: printed as a table, drawn as a page, written as JSON. */
export interface Comparison {
  readonly version: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly machine: { readonly cpus: number; readonly memoryBytes: number; readonly node: string; readonly system: string }
  /** The app's file as it was given, or `demo`. */
  readonly app: string
  readonly workload: Workload
  /** What all models get the same of. */
  readonly budget: { readonly by: 'workers'; readonly workers: number } | { readonly by: 'memory'; readonly bytes: number }
  /** How long each rate was kept up. */
  readonly stepSeconds: number
  /** Requests per second that were offered to every model, the lowest first. */
  readonly rates: readonly number[]
  readonly models: readonly ModelResult[]
  readonly verdict: Verdict
  /** What a reader should know before believing it: that it was cut short, or that the client was late. */
  readonly notes?: readonly string[]
}

export interface Workload {
  /** `io`, `cpu`, `mixed`, or the name of the user's file. */
  readonly name: string
  readonly routes: readonly WorkloadRoute[]
}

export interface WorkloadRoute {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Its share of all requests is this, divided by the sum of all. */
  readonly weight: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const modelNames = ['sync-processes', 'sync-threads', 'sync-both', 'async', 'hybrid', 'hybrid-isolation', 'hybrid-pool'] as const
export type ModelName = (typeof modelNames)[number]

export interface ModelResult {
  readonly model: ModelName
  /** For people: `sync, 8 processes`. */
  readonly title: string
  /** The command that runs the same by hand. */
  readonly command: string
  readonly workers: number
  /** The highest throughput it kept up, requests per second. */
  readonly capacity: number
  /** One for each rate that it was offered; those far beyond its saturation are left out. */
  readonly steps: readonly Step[]
  /** For each route of the workload: for how long half of its requests at least held their event loop without yielding, in milliseconds. */
  readonly holdsMs?: readonly number[]
}

/** One model at one rate. Times are from the moment each request was due until its answer was there, in milliseconds. */
export interface Step {
  /** Requests per second. */
  readonly offered: number
  readonly sent: number
  /** Answered as asked (2xx, 3xx). */
  readonly good: number
  /** Refused by the balancer (429, 503). */
  readonly refused: number
  /** Everything else. */
  readonly failed: number
  /** Good answers per second. */
  readonly throughput: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  /** The same for each route of the workload, in its order. */
  readonly routes: readonly { readonly p50Ms: number; readonly p99Ms: number }[]
  /** Time that requests waited in the balancer until a worker took them. */
  readonly queueP50Ms: number
  readonly queueP99Ms: number
  /** Of all processes, without the client: CPU seconds per second. */
  readonly cpus: number
  /** CPU time per answered request, in microseconds. */
  readonly cpuUs: number
  /** The loops' part of it: the app itself, and what brings requests to it. */
  readonly loopCpuUs?: number
  readonly memoryBytes: number
  /** Context switches per answered request: because it waited, and because it was interrupted. */
  readonly voluntarySwitches: number
  readonly involuntarySwitches: number
  /** The 99th percentile of how late the client sent requests: what it was late itself is not the server's, but in the times. */
  readonly clientLateMs?: number
  /** CPUs that something else kept busy meanwhile, neither the cluster nor the client. */
  readonly otherCpus?: number
  /** It did not keep up with what was offered. */
  readonly saturated: boolean
}

export interface Verdict {
  readonly best: ModelName
  /** In words: which model fits this workload, why, and by how much. */
  readonly sentences: readonly string[]
  /** All models, the one that fits best first; those that do not differ to what can be told share a place. */
  readonly ranking?: readonly (readonly ModelName[])[]
}
