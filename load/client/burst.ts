import type { Clock } from '../../core/sources.ts'

import type { Settle } from './connection.ts'

/** How long a client waits that was refused: it would else take the CPU of those who are served. */
const pauseMs = 50

interface Plan {
  readonly connections: number
  readonly seconds: number
  /** Sends the next request. */
  readonly ask: (settle: Settle) => void
  /** Whether to go on after this answer, at once or after a pause. */
  readonly after: (status: number, failure: string | undefined) => 'at once' | 'after a pause' | 'not at all'
}

/** Asks on so many connections, on each again as soon as it is answered, and resolves once the time is over and the last answer is there. */
export function burst({ connections, seconds, ask, after }: Plan, clock: Clock): Promise<void> {
  const end = clock.now() + seconds * 1000
  let asking = connections
  return new Promise((resolve) => {
    const stop = (): void => {
      asking -= 1
      if (asking === 0) resolve()
    }
    const next = (): void =>
      ask((status, failure) => {
        const then = after(status, failure)
        if (then === 'not at all' || clock.now() >= end) stop()
        else if (then === 'at once') next()
        else setTimeout(() => (clock.now() >= end ? stop() : next()), pauseMs)
      })
    for (let i = 0; i < connections; i++) next()
  })
}
