import type { EndpointIdentity } from '../balancing/endpoint.ts'

/** Finds the loops of a balancer that runs alone. */
export interface Discovery {
  /** Reports who exists: all of them each time, at once or soon and then whenever that changed. */
  start(onChange: (identities: readonly EndpointIdentity[]) => void): void
  /** Reports nothing more. */
  stop(): void
}
