/** What is said to a client process, and what that answers. */
export type Command =
  /** Opens connections until there are so many, each having asked once. */
  | { readonly do: 'open'; readonly connections: number }
  /** Asks on every connection, again as soon as it is answered. */
  | { readonly do: 'load'; readonly seconds: number }
  /** Asks at a constant rate whatever becomes of the requests before. */
  | { readonly do: 'arrive'; readonly rate: number; readonly seconds: number }
  /** The same, but a share of the requests, drawn one by one, asks another path: the same ones for the same seed. */
  | { readonly do: 'mix'; readonly rate: number; readonly seconds: number; readonly other: Other; readonly seed: number }

export interface Other {
  readonly path: string
  /** 0 to 1. */
  readonly share: number
}

/** A request of `mix`. */
export interface Arrival {
  /** Whether it asked the other path. */
  readonly other: boolean
  /** When it was due, in milliseconds from the first. */
  readonly dueMs: number
  /** From then to the whole answer. */
  readonly latencyMs: number
}

export interface Answer {
  /** Requests answered, and in which time. */
  readonly requests: number
  readonly seconds: number
  /** Connections that are open. */
  readonly connections: number
  /** From the moment each request was due, in milliseconds; of `arrive` only. */
  readonly latenciesMs: readonly number[]
  /** Of `mix` only. */
  readonly arrivals: readonly Arrival[]
  readonly failures: readonly string[]
}

/** A route that is asked for. */
export interface LoadRoute {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Its share of all requests is this, divided by the sum of all. */
  readonly weight: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Requests of several routes, drawn one by one: the same ones for the same seed. What fails is counted. */
export interface RouteLoad {
  readonly routes: readonly LoadRoute[]
  readonly seconds: number
  readonly seed: number
}

/** At a constant rate, whatever becomes of the requests before. */
export interface OfferPlan extends RouteLoad {
  readonly do: 'offer'
  /** Requests per second. */
  readonly rate: number
  /** How long answers are waited for once the last request is sent; what is then missing has failed. */
  readonly graceSeconds: number
}

/** On so many connections, each of which asks again as soon as it is answered; one that is refused waits a little. */
export interface BurstPlan extends RouteLoad {
  readonly do: 'burst'
  readonly connections: number
}

/** What became of an OfferPlan. */
export interface Offered {
  /** In the order of the plan's. */
  readonly routes: readonly OfferedRoute[]
  /** How late requests were sent, because the client itself was late. */
  readonly lateP50Ms: number
  readonly lateP99Ms: number
  /** What went wrong, the most frequent first, a few at most. */
  readonly failures: readonly { readonly what: string; readonly count: number }[]
}

export interface OfferedRoute {
  readonly sent: number
  /** Answered by 429 or 503. */
  readonly refused: number
  /** Everything that is neither refused nor good (2xx, 3xx). */
  readonly failed: number
  /** Good answers that were there as long after their beginning as the fastest took: of a server that keeps up these are all. */
  readonly inTime: number
  /** Of the good answers: from when each request was due until all of the answer was there. */
  readonly latenciesMs: Float64Array
}

/** What became of a BurstPlan, before its end. */
export interface Burst {
  readonly seconds: number
  readonly routes: readonly BurstRoute[]
}

export interface BurstRoute {
  /** Requests that were sent; some of them had no answer yet. */
  readonly asked: number
  readonly good: number
  readonly refused: number
  readonly failed: number
}
