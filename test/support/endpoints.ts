import type { Clock } from '../../core/sources.ts'
import { Endpoint, type EndpointIdentity, type EndpointTuning } from '../../proxy/balancing/endpoint.ts'

export const tuning: EndpointTuning & { ejectMax: number } = { failures: 3, successes: 1, ejectAfter: 5, ejectFor: 5_000, ejectMax: 0.5 }

export const identity = (key: string, more: Partial<EndpointIdentity> = {}): EndpointIdentity => ({
  key,
  loop: key,
  address: { lane: 'http', kind: 'unix', path: `/run/${key}.sock` },
  node: true,
  cap: 0,
  state: 'ready',
  ...more,
})

/** Endpoints that hold so many requests each, named by their position. */
export const endpointsHolding = (inFlights: readonly number[]): Endpoint[] =>
  inFlights.map((inFlight, index) => {
    const endpoint = new Endpoint(identity(String(index)), tuning, 0)
    endpoint.inFlight = inFlight
    return endpoint
  })

/** A clock that stands still until it is set. */
export class ManualClock implements Clock {
  time = 0

  now(): number {
    return this.time
  }
}
