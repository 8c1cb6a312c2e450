/** What the benchmark says to a client process, and what that answers. */
export type Command =
  /** Opens connections until there are so many, each having asked once. */
  | { readonly do: 'open'; readonly connections: number }
  /** Asks on every connection, again as soon as it is answered. */
  | { readonly do: 'load'; readonly seconds: number }
  /** Asks at a constant rate whatever becomes of the requests before. */
  | { readonly do: 'arrive'; readonly rate: number; readonly seconds: number }

export interface Answer {
  /** Requests answered, and in which time. */
  readonly requests: number
  readonly seconds: number
  /** Connections that are open. */
  readonly connections: number
  /** From the moment each request was due, in milliseconds; of `arrive` only. */
  readonly latenciesMs: readonly number[]
  readonly failures: readonly string[]
}
