import type { LoopStatus, RouteName } from '../../core/status.ts'

/** A handler that holds a loop, or held it a moment ago. */
export interface Hold {
  readonly loop: string
  /** Empty: code that belongs to no request. Undefined: the loop is silent, and what holds it is not known yet. */
  readonly routes: readonly RouteName[] | undefined
  /** Milliseconds it had held the loop when that was last seen. */
  readonly forMs: number
  /** False where the loop is free again. */
  readonly now: boolean
  /** The worker has one request at a time: nobody waits behind this one, and to be held is the worker's trade. */
  readonly alone: boolean
}

interface Seen extends Hold {
  readonly begun: number
  readonly seen: number
}

// Most holds are over in less time than an eye needs: they are shown for a while after their end.
const afterglowMs = 5_000

/** The holds of the last seconds, one a loop. */
export class Holds {
  readonly #seen = new Map<string, Seen>()

  /** @param at milliseconds, growing */
  update(at: number, loops: readonly LoopStatus[]): ReadonlyMap<string, Hold> {
    for (const loop of loops) {
      const before = this.#seen.get(loop.id)
      if (loop.holding !== undefined || loop.blocked) this.#seen.set(loop.id, held(loop, before, at))
      // A silence that ended before it was explained is not worth a word, nor is a task that was done.
      else if (before?.routes === undefined || before.alone) this.#seen.delete(loop.id)
      else if (before.now) this.#seen.set(loop.id, { ...before, now: false })
      this.#recall(loop, at)
    }
    const living = new Set(loops.map(({ id }) => id))
    for (const [id, { seen }] of this.#seen) if (!living.has(id) || at - seen > afterglowMs) this.#seen.delete(id)
    return this.#seen
  }

  /** Takes up a hold that was over before this page could see it. */
  #recall({ id, lastHold, concurrency }: LoopStatus, at: number): void {
    if (lastHold === undefined || concurrency === 1) return
    const { method, route, forMs, agoMs } = lastHold
    const before = this.#seen.get(id)
    const seen = at - agoMs
    if (before !== undefined && (before.now || before.seen >= seen)) return
    this.#seen.set(id, { loop: id, routes: [{ method, route }], forMs, now: false, alone: false, begun: seen, seen })
  }
}

function held(loop: LoopStatus, before: Seen | undefined, at: number): Seen {
  const goesOn = before?.now === true && (loop.holding === undefined || loop.holding.forMs >= before.forMs)
  const begun = goesOn ? before.begun : at
  return {
    loop: loop.id,
    // Silence is noticed before it is explained, and may outlast the explanation.
    routes: loop.holding?.routes ?? (goesOn ? before.routes : undefined),
    forMs: loop.holding?.forMs ?? Math.max(at - begun, goesOn ? before.forMs : 0),
    now: true,
    alone: loop.concurrency === 1,
    begun,
    seen: at,
  }
}

/** `GET /block`; of several the first, and how many more; of none, that it is none's. */
export function routesText(routes: Hold['routes']): string {
  if (routes === undefined) return 'what is not known yet'
  const [first] = routes
  if (first === undefined) return 'code of no request'
  return `${first.method} ${first.route}${routes.length > 1 ? ` and ${routes.length - 1} more` : ''}`
}
