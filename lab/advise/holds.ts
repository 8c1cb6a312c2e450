/** How long requests of a route held event loops, all together, since the cluster began. */
export interface Holds {
  readonly requests: number
  readonly seconds: number
}

/** In the text of /metrics, by `METHOD route`. Holds that belong to no request are left out. */
export function readHolds(text: string): ReadonlyMap<string, Holds> {
  const found = new Map<string, { requests: number; seconds: number }>()
  for (const [, suffix, labels, value] of text.matchAll(/^evenloop_route_blocking_seconds_(sum|count)\{([^}]*)\} (\S+)/gm)) {
    const label = (name: string): string =>
      new RegExp(`\\b${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(labels!)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? ''
    if (label('method') === '*') continue
    const name = `${label('method')} ${label('route')}`
    const holds = found.get(name) ?? { requests: 0, seconds: 0 }
    found.set(name, holds)
    if (suffix === 'sum') holds.seconds += Number(value)
    else holds.requests += Number(value)
  }
  return found
}

/** All routes together. */
export function totalOf(holds: ReadonlyMap<string, Holds>): Holds {
  let [requests, seconds] = [0, 0]
  for (const one of holds.values()) {
    requests += one.requests
    seconds += one.seconds
  }
  return { requests, seconds }
}

/** What was added by each route between two readings; only routes that were asked for. */
export function holdsSince(before: ReadonlyMap<string, Holds>, after: ReadonlyMap<string, Holds>): ReadonlyMap<string, Holds> {
  const since = new Map<string, Holds>()
  for (const [name, { requests, seconds }] of after) {
    const earlier = before.get(name) ?? { requests: 0, seconds: 0 }
    // A loop that came anew counts from the start.
    if (requests > earlier.requests)
      since.set(name, { requests: requests - earlier.requests, seconds: Math.max(0, seconds - earlier.seconds) })
  }
  return since
}
