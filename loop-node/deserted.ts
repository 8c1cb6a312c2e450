import { setTimeout as sleep } from 'node:timers/promises'

import type { Clock } from '../core/sources.ts'

const pollMs = 100
// Balancers that finish what they hold open a connection now and then: only a while without one means they are gone.
const quietMs = 1_000

/** Settles when there has been no connection for a second, or the limit has passed. */
export async function untilDeserted(connections: () => number, clock: Clock, limitMs: number): Promise<void> {
  const end = clock.now() + limitMs
  let since = clock.now()
  while (clock.now() < end && clock.now() - since < quietMs) {
    await sleep(Math.min(pollMs, limitMs))
    if (connections() > 0) since = clock.now()
  }
}
