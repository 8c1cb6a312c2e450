import type { PolicyName } from '../../../config/schema.ts'
import type { Clock, Rng } from '../../../core/sources.ts'
import { LeastRequest } from './least-request.ts'
import { P2c } from './p2c.ts'
import { PeakEwmaPolicy } from './peak-ewma.ts'
import type { Policy } from './policy.ts'
import { Rendezvous } from './rendezvous.ts'
import { RoundRobin } from './round-robin.ts'

/** The policy of that name, with state of its own. */
export function createPolicy(name: PolicyName, clock: Clock, rng: Rng): Policy {
  switch (name) {
    case 'least-request':
      return new LeastRequest()
    case 'round-robin':
      return new RoundRobin()
    case 'p2c':
      return new P2c(rng)
    case 'peak-ewma':
      return new PeakEwmaPolicy(clock, rng)
    case 'rendezvous':
      return new Rendezvous(new LeastRequest())
  }
}
