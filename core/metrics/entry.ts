/** What is known of one metric: the code that counts and the page for people both read it here, so they cannot differ. */
export interface MetricEntry {
  readonly name: `evenloop_${string}`
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  /** What one of the value is. `# UNIT` is written where the name ends with it, as OpenMetrics has it. */
  readonly unit:
    | 'seconds'
    | 'bytes'
    | 'ratio'
    | 'requests'
    | 'responses'
    | 'connections'
    | 'restarts'
    | 'holds'
    | 'silences'
    | '1 or 0'
    | '1'
  /** One line, for `# HELP`. */
  readonly help: string
  /** A sentence or two for people who have to act on it. */
  readonly meaning: string
  /** Who counts. A loop or balancer that runs alone shows its own; under `evenloop start` the supervisor shows all. */
  readonly from: 'loop' | 'balancer' | 'supervisor'
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[]
  /** An alert worth having; its full rule is in deploy/rules. */
  readonly alert?: { readonly name: string; readonly when: string }
}
