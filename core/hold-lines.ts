import type { Hold } from './messages.ts'
import type { Clock } from './sources.ts'

// An app may block many times a second; who reads the log wants to know that it does, and not each time.
const quietMs = 30_000
// One that lasts so long is told before it is over.
const longMs = 1_000

interface Told {
  readonly at: number
  /** Holds since then of which nothing was said. */
  more: number
  /** This hold was told while it lasted. */
  during: boolean
}

/** What is said of the holds of loops, and how often: by a supervisor of its loops, and by a loop that runs alone of itself. */
export class HoldLines {
  readonly #clock: Clock
  readonly #loops = new Map<string, Told>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * A loop is held, is held still, or runs again.
   * @returns the line to be told now, if there is one
   */
  line(loop: string, { routes, forMs, over }: Hold): string | undefined {
    const now = this.#clock.now()
    const last = this.#loops.get(loop)
    if (!over) {
      if (forMs < longMs || last?.during === true) return undefined
      this.#loops.set(loop, { at: now, more: last?.more ?? 0, during: true })
      return `loop ${loop} is held by ${who(routes)}, ${seconds(forMs)} so far`
    }
    if (last !== undefined && !last.during && now - last.at < quietMs) {
      last.more++
      return undefined
    }
    this.#loops.set(loop, { at: now, more: 0, during: false })
    const more = last === undefined || last.more === 0 ? '' : ` (and ${last.more} more since that was last told)`
    return `loop ${loop} was held for ${seconds(forMs)} by ${who(routes)}${more}`
  }

  /** Its process has ended, and with it the hold that may have been told of. */
  forget(loop: string): void {
    this.#loops.delete(loop)
  }
}

/** What a log line says of a hold beside its text. */
export const holdFacts = ({ routes, forMs }: Hold): { readonly routes: readonly string[]; readonly forMs: number } => ({
  routes: routes.map(({ method, route }) => `${method} ${route}`),
  forMs,
})

/** Who holds the loop, as a phrase: `GET /a or GET /b`. */
export function who(routes: Hold['routes']): string {
  if (routes.length === 0) return 'code that belongs to no request'
  const shown = routes.slice(0, 3).map(({ method, route }) => `${method} ${route}`)
  return routes.length > 3 ? `one of ${shown.join(', ')} and ${routes.length - 3} more` : shown.join(' or ')
}

/** `340 ms`, `1.5 s`. */
export const seconds = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`)
