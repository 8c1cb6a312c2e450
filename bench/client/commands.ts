/** What the benchmark says to a client process, and what that answers. */
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
  /** Of `mix` only, in the order in which they were answered. */
  readonly arrivals: readonly Arrival[]
  readonly failures: readonly string[]
}
