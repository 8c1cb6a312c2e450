import type { Settings } from '../config/schema.ts'

/** What is known of the endpoints when a request is about to begin. */
export interface LaneFacts {
  readonly setting: Settings['lane']
  /** Endpoints that may be given a request and have a link. */
  readonly linked: number
  /** Endpoints that may be given a request over HTTP only: foreign servers, and loops that speak another version of the link. */
  readonly unlinked: number
}

/**
 * Which lane a connection is served by from here on. A connection that has gone over to the http lane stays there: only
 * Node's HTTP server knows what it has read. With nobody to serve the link lane keeps it: the request waits there for a loop.
 */
export function chooseLane({ setting, linked, unlinked }: LaneFacts): 'link' | 'http' {
  if (setting === 'http') return 'http'
  // A loop chosen among both kinds may have no link: only the http lane reaches them all.
  return unlinked > 0 && (setting === 'auto' || linked === 0) ? 'http' : 'link'
}
