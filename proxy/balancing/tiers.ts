import type { Endpoint } from './endpoint.ts'

/** Those that may serve, by what stands against giving them one more request. */
export interface Tiers {
  /** Everyone that may serve. */
  readonly serving: readonly Endpoint[]
  /** Those of them that any request may be given: all but the pool. */
  readonly open: readonly Endpoint[]
  /** The workers that are there for blocking routes alone; nobody where no other serves, since then they are open to all. */
  readonly pool: readonly Endpoint[]
  /** Those of `open` that are heard of; where none is, those that were until lately. */
  readonly audible: readonly Endpoint[]
  /**
   * Those for requests that hold no loop: heard of, not kept for blocking routes, without a request of such a route. Where that leaves
   * nobody, the conditions are given up one after the other: whoever waits behind a blocked loop is better served anywhere.
   */
  readonly preferred: readonly Endpoint[]
  /** Those that `preferred` would hold, but for their silence. */
  readonly muted: readonly Endpoint[]
  /** Those of `open` that are kept for blocking routes. */
  readonly isolated: readonly Endpoint[]
  /** Something limits how many requests one of `open` may hold; where nothing does, nobody need look. */
  readonly limited: boolean
}

/** Parts those that may serve. Arrays are shared where nothing stands against anyone, which is nearly always. */
export function partition(serving: readonly Endpoint[]): Tiers {
  const open = without(serving, (endpoint) => endpoint.forBlocking)
  const pool = open === serving ? none : those(serving, (endpoint) => endpoint.forBlocking)
  const audible = heard(open)
  const unheld = without(audible, (endpoint) => endpoint.blockingInFlight > 0)
  const preferred = without(unheld, (endpoint) => endpoint.isolated)
  const isolated = those(open, (endpoint) => endpoint.isolated)
  const muted = audible === open ? none : those(open, (endpoint) => endpoint.blocked && isUnheld(endpoint))
  return { serving, open, pool, audible, preferred, muted, isolated, limited: open.some((endpoint) => endpoint.limit > 0) }
}

const none: readonly Endpoint[] = []

/** A loop that is silent for so much longer than others hangs, while they will soon be heard again. Milliseconds. */
export const hangsMs = 200

/** Nothing comes of waiting for these: all have been silent since before this time. */
export const allHang = (endpoints: readonly Endpoint[], since: number): boolean => endpoints.every(({ silentSince }) => silentSince < since)

const isUnheld = (endpoint: Endpoint): boolean => !endpoint.isolated && endpoint.blockingInFlight === 0

function heard(serving: readonly Endpoint[]): readonly Endpoint[] {
  if (serving.some((endpoint) => !endpoint.blocked)) return without(serving, (endpoint) => endpoint.blocked)
  const latest = serving.reduce((last, { silentSince }) => Math.max(last, silentSince), 0)
  return without(serving, ({ silentSince }) => silentSince < latest - hangsMs)
}

const those = (all: readonly Endpoint[], isIn: (endpoint: Endpoint) => boolean): readonly Endpoint[] =>
  all.some(isIn) ? all.filter(isIn) : none

function without(all: readonly Endpoint[], isOut: (endpoint: Endpoint) => boolean): readonly Endpoint[] {
  if (!all.some(isOut)) return all
  const rest = all.filter((endpoint) => !isOut(endpoint))
  return rest.length > 0 ? rest : all
}
