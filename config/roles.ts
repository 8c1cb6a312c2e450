import type { Settings } from './schema.ts'

/** What a loop process is told when it starts: by the supervisor, or by `evenloop loop`. */
export interface LoopOptions {
  readonly id: string
  readonly generation: number
  /** True where a supervisor listens on the IPC channel. */
  readonly supervised: boolean
  /** The file descriptor of the watchdog's own channel to the supervisor. */
  readonly sideDoor?: number | undefined
  /** How many loops its process hosts, each in a thread; 1 where it is the process. */
  readonly threads: number
  /** Requests it begins at once, further ones wait before the app sees them; 0 sets no cap. */
  readonly concurrency: number
  /** ADDRESSes to serve on (core/address.ts). */
  readonly serve: readonly string[]
  /** `HOST:PORT` that clients use, shown to programs that ask their server for its address; undefined where unknown. */
  readonly publicAddress?: string | undefined
  /** `HOST:PORT` of /healthz, /readyz and /metrics of a loop that runs alone. */
  readonly admin?: string | undefined
  /** How long a loop that runs alone goes on serving after SIGTERM, so that balancers can notice. Milliseconds. */
  readonly drainNoticeMs?: number | undefined
  readonly settings: Pick<
    Settings,
    | 'app'
    | 'kind'
    | 'options'
    | 'command'
    | 'health'
    | 'startTimeout'
    | 'drainTimeout'
    | 'blockLimit'
    | 'trustedProxies'
    | 'logLevel'
    | 'link'
  >
}

/** What a balancer process is told when it starts: by the supervisor, or by `evenloop balancer`. */
export interface BalancerOptions {
  readonly id: string
  readonly supervised: boolean
  /** `HOST:PORT`; a supervised balancer gets the listening handle over IPC instead. */
  readonly listen: string
  /** ADDRESSes of loops, for a balancer that runs alone. */
  readonly upstreams: readonly string[]
  /** How many balancers share each endpoint's concurrency cap. */
  readonly balancers: number
  readonly admin?: string | undefined
  /** The file descriptor that stands for standard output in `accessLog.file`. */
  readonly outputFd: number
  readonly settings: Pick<
    Settings,
    | 'policy'
    | 'sticky'
    | 'slowStart'
    | 'isolation'
    | 'routes'
    | 'rateLimit'
    | 'concurrency'
    | 'model'
    | 'lane'
    | 'trustedProxies'
    | 'timeouts'
    | 'limits'
    | 'retry'
    | 'health'
    | 'drainTimeout'
    | 'logLevel'
    | 'link'
    | 'accessLog'
  >
}
