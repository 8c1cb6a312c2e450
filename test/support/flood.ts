import { onTestFinished } from 'vitest'

import { startFlood as start, type Flood, type FloodPlan } from '../../load/flood/flood.ts'

/** Carries out plans side by side, and knows what became of all so far. */
export interface Flooding {
  (...plans: readonly FloodPlan[]): Promise<Flood[]>
  readonly all: readonly Flood[]
}

/** Starts a process of clients, which ends with the test. */
export function startFlood(port: number): Flooding {
  const client = start(port)
  onTestFinished(client.close)
  const all: Flood[] = []
  return Object.assign(
    async (...plans: readonly FloodPlan[]) => {
      const floods = await client.flood(...plans)
      all.push(...floods)
      return floods
    },
    { all },
  )
}
