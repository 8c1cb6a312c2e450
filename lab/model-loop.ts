import { holdBounds, type RouteCounts } from '../core/route-counts.ts'
import { busyBeatMs, idleBeatMs, silenceMs } from '../link/beat.ts'
import type { ModelLink } from './model-link.ts'
import type { Route, Visit } from './model-request.ts'
import type { Happening, VirtualTime } from './virtual-time.ts'

// Behind a hold that is long a loop tells of its routes at once, but not more often than this; otherwise with its slow beat.
const longMs = 10
const soonMs = 100

interface Counts {
  readonly counts: number[]
  seconds: number
}

/**
 * One event loop, as far as waiting goes: it runs one piece of work after the other, and looks at its timers and at what has come only
 * when all that it had found at the last look has run. So nothing is heard of it while a piece is long.
 */
export class ModelLoop implements Happening {
  /** Names the process. */
  readonly key: string
  /** Its successor bears the same. */
  readonly id: string
  /** It is a sync worker for blocking routes alone. */
  readonly forBlocking: boolean
  /** How much longer everything takes than it should, of a process that is cold. */
  readonly #slowness: () => number
  readonly #time: VirtualTime
  readonly links: ModelLink[] = []
  /** Requests that have come and are not answered. */
  inFlight = 0
  readonly #claims = new Set<ModelLink>()
  #alive = true
  // What has come since the turn began, and what belongs to the turn.
  #arrived: Visit[] = []
  #turn: Visit[] = []
  #ran = 0
  // What is answered in a turn leaves at its end, as the product gathers what it writes.
  readonly #answers: Visit[] = []
  #turnEnds = 0
  #running: Visit | undefined
  #beatAt = 0
  // A beat is coming; its time has come, but the loop is held.
  #beats = false
  #beatWaits = false
  #dueAt = 0
  readonly #onBeat: Happening = { happen: () => this.#beatDue() }
  readonly #holds = new Map<Route, Counts>()
  readonly #changed = new Set<Route>()
  #reportedAt = 0
  #reportSoon = false

  constructor(key: string, id: string, time: VirtualTime, phase: number, slowness: () => number = () => 1, forBlocking = false) {
    this.key = key
    this.id = id
    this.forBlocking = forBlocking
    this.#time = time
    this.#slowness = slowness
    time.later(phase * idleBeatMs, () => this.#reportNowAndThen())
  }

  /** When it will next look at what has come. */
  get turnEnds(): number {
    return this.#turnEnds
  }

  /** When it last said that it lives. */
  get beatAt(): number {
    return this.#beatAt
  }

  /** A balancer keeps it for blocking routes, or does no more; the others are told. */
  claim(link: ModelLink, on: boolean): void {
    const alone = this.#claims.size === 1 ? this.#sole() : undefined
    if (on) this.#claims.add(link)
    else this.#claims.delete(link)
    const { size } = this.#claims
    // Who keeps it alone hears otherwise than everyone else.
    if (size === (on ? 1 : 0)) {
      for (const other of this.links) if (other !== link) other.claimedElsewhere(on)
    } else if (size === 1) this.#sole().claimedElsewhere(false)
    else alone?.claimedElsewhere(true)
    link.claimedElsewhere(size > (on ? 1 : 0))
  }

  /** How many balancers keep it for blocking routes. */
  get claims(): number {
    return this.#claims.size
  }

  /** A request has come over a link. */
  take(visit: Visit): void {
    this.inFlight++
    if (!this.#beats && this.#alive) {
      this.#beats = true
      this.#time.after(busyBeatMs, this.#onBeat)
    }
    this.ready(visit)
  }

  /** A request has its next piece to run. */
  ready(visit: Visit): void {
    if (!this.#alive) return visit.lost()
    this.#arrived.push(visit)
    if (this.#running === undefined) this.#next()
  }

  /** The piece that runs has ended. */
  happen(): void {
    const visit = this.#running
    if (visit === undefined || !this.#alive) return
    this.#running = undefined
    if (visit.pieceEnded()) {
      this.#observe(visit.request.route, visit.heldMs)
      this.#answers.push(visit)
    }
    this.#next()
  }

  /** The process ends at once: what it holds is lost or goes to another. */
  kill(): void {
    this.#alive = false
    this.#running?.ended()
    this.#running = undefined
    for (const visit of this.#turn.slice(this.#ran)) visit.lost()
    for (const visit of this.#arrived) visit.lost()
    for (const visit of this.#answers) visit.ended()
  }

  /** Requests of one balancer that have come and that it has not read yet. */
  unread(link: ModelLink): Visit[] {
    return this.#arrived.filter((visit) => visit.link === link && visit.isNew && !visit.abandoned)
  }

  #sole(): ModelLink {
    return this.#claims.values().next().value!
  }

  #next(): void {
    while (this.#ran < this.#turn.length || this.#beginTurn()) {
      const visit = this.#turn[this.#ran++]!
      if (visit.abandoned) {
        this.inFlight--
        continue
      }
      this.#running = visit
      const { pieceMs } = visit
      if (pieceMs < Number.POSITIVE_INFINITY) this.#time.after(pieceMs, this)
      return
    }
  }

  /** False where there is nothing to do. */
  #beginTurn(): boolean {
    const now = this.#time.now()
    this.#answer()
    if (this.#beatWaits) this.#beat()
    if (this.#reportSoon && now - this.#reportedAt >= soonMs) this.#report()
    const turn = this.#arrived
    this.#arrived = this.#turn
    this.#arrived.length = 0
    this.#turn = turn
    this.#ran = 0
    let ms = 0
    for (const visit of turn) ms += visit.prepare(this.#slowness())
    this.#turnEnds = now + ms
    const silentAt = this.#beatAt + silenceMs
    if (this.#turnEnds > silentAt) this.#time.later(Math.max(0, silentAt - now), this.#onSilent)
    return turn.length > 0
  }

  readonly #onSilent = (): void => {
    for (const link of this.links) link.look()
  }

  #answer(): void {
    for (const visit of this.#answers) {
      this.inFlight--
      visit.leave()
    }
    this.#answers.length = 0
  }

  #beatDue(): void {
    this.#dueAt = this.#time.now()
    if (this.#running === undefined) this.#beat()
    else this.#beatWaits = true
  }

  #beat(): void {
    const now = this.#time.now()
    const lateMs = this.inFlight > 0 ? now - this.#dueAt : 0
    this.#beatWaits = false
    this.#beatAt = now
    for (const link of this.links) link.beat(lateMs)
    this.#beats = this.inFlight > 0 && this.#alive
    if (this.#beats) this.#time.after(busyBeatMs, this.#onBeat)
  }

  #observe(route: Route, heldMs: number): void {
    let holds = this.#holds.get(route)
    if (holds === undefined)
      this.#holds.set(route, (holds = { counts: Array.from({ length: holdBounds.length + 1 }, () => 0), seconds: 0 }))
    holds.counts[bucketOf(heldMs / 1_000)]!++
    holds.seconds += heldMs / 1_000
    this.#changed.add(route)
    if (heldMs >= longMs) this.#reportSoon = true
  }

  #reportNowAndThen(): void {
    if (!this.#alive) return
    if (this.#running === undefined) this.#report()
    else this.#reportSoon = true
    this.#time.later(idleBeatMs, () => this.#reportNowAndThen())
  }

  #report(): void {
    this.#reportedAt = this.#time.now()
    this.#reportSoon = false
    if (this.#changed.size === 0) return
    const routes: RouteCounts[] = []
    for (const route of this.#changed) {
      const { counts, seconds } = this.#holds.get(route)!
      routes.push({ method: route.method, route: route.path, counts: counts.slice(), seconds })
    }
    this.#changed.clear()
    for (const link of this.links) link.reported(routes)
  }
}

function bucketOf(seconds: number): number {
  let low = 0
  let high = holdBounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holdBounds[middle]! < seconds) low = middle + 1
    else high = middle
  }
  return low
}
