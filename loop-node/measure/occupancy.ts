import type { IncomingMessage } from 'node:http'

import { noMethod } from '../../core/route-counts.ts'
import type { Clock } from '../../core/sources.ts'
import type { LongHold } from '../../core/status.ts'
import type { LoopBoard } from '../watchdog/board.ts'
import type { Route, RouteTable } from './route-table.ts'

/** What is kept of a request while it is open; the object that stands for the request implements it. */
export interface Work {
  /** Only Occupancy writes these two. */
  route: Route | undefined
  /** The longest stretch for which it held the loop so far, in milliseconds. */
  heldMs: number
}

// The loop is looked at so often while requests are open: no stretch of code is longer than this without being noticed.
const pulseMs = 5
// Shorter ones are not worth asking how much of them the loop slept.
const noteMs = 1
// From here on a stretch that belongs to no request is laid to somebody.
const stallMs = 10

// Stretches whose request cannot be told, and those in which no request was open: timers, listeners of other things.
const unknownRoute = { method: noMethod, route: '(unknown)' } as const
const noRequest = { method: noMethod, route: '(no request)' } as const

/**
 * Measures how long each request holds the event loop without giving it back. The call of the app is measured exactly.
 * What the app does later for the same request, after an await, cannot be told from what it does for others without
 * following every promise, which costs more than a small request; but such code nearly always ends with the response.
 * So time is cut at what is seen: the begin and end of each call, each response, and a pulse. The time between two cuts,
 * less what the loop slept, is laid to the request that responds at its end. What the pulse finds over is laid to the only
 * route that is open, or else to `(unknown)`.
 */
export class Occupancy {
  readonly #routes: RouteTable
  readonly #board: LoopBoard
  readonly #clock: Clock
  readonly #sleptMs: () => number
  readonly #pulse: NodeJS.Timeout
  #armed = true
  #open = 0
  // Requests that were open since `#counted`, and the time for which all were open until then, added up, in milliseconds.
  #tasks = 0
  #counted = 0
  #openMs = 0
  // The request whose call of the app is running, if there is one.
  #work: Work | undefined = undefined
  #req: IncomingMessage | undefined = undefined
  /** When the last cut was made, on the clock. None yet: what the app does until it serves is nobody's hold. */
  #cut = Infinity
  // What the loop had slept at the last pulse.
  #slept = 0
  // The framework names routes; until it has done so once, requests are named by their path, so that one that hangs has a name.
  #framework = false

  // Since they were last taken.
  #longestMs = 0
  #longest: Route | undefined = undefined

  /** @param sleptMs how long the loop has waited for events since the process began, in milliseconds */
  constructor(routes: RouteTable, board: LoopBoard, clock: Clock, sleptMs: () => number) {
    this.#routes = routes
    this.#board = board
    this.#clock = clock
    this.#sleptMs = sleptMs
    this.#pulse = setTimeout(() => this.#beat(), pulseMs).unref()
  }

  /** The app is about to be called with a request. */
  enter(work: Work, req: IncomingMessage): void {
    const now = this.#clock.now()
    if (this.#open++ === 0) this.#wake(now)
    else if (now - this.#cut > stallMs) this.#layUp(now)
    this.#count(now)
    this.#work = work
    this.#req = req
    this.#cut = now
    if (!this.#framework) this.#name(work, this.#routes.ofPath(req.method!, req.url!))
  }

  /** The framework has found the route of a request. @param key as of RouteTable.ofPattern */
  routed(req: IncomingMessage, key: object, pattern: string | undefined): void {
    // One that is routed later, or that came another way, is named by its path in the end.
    if (req !== this.#req) return
    const work = this.#work!
    if (work.route !== undefined) this.#board.closed(work.route.id)
    this.#framework = true
    this.#name(work, this.#routes.ofPattern(key, req.method!, pattern))
  }

  /** The app has returned from that call, or thrown. */
  leave(work: Work): void {
    const now = this.#clock.now()
    const held = now - this.#cut
    if (held > work.heldMs) work.heldMs = held
    this.#cut = now
    this.#count(now)
    this.#work = this.#req = undefined
    this.#board.running(0)
  }

  /** The app has begun to respond, or has ended a response. */
  responds(work: Work): void {
    // Within a call everything is laid to the request that was called.
    if (this.#work !== undefined) return
    const now = this.#clock.now()
    let held = now - this.#cut
    if (held > noteMs) held -= this.#sleptMs() - this.#slept
    if (held > work.heldMs) work.heldMs = held
    this.#cut = now
  }

  /** The request is over: answered, or given up. */
  over(work: Work, req: IncomingMessage): void {
    this.responds(work)
    this.#open--
    // One that ends within a call lasts until that returns; the time of now is read there.
    if (this.#work === undefined) this.#count(this.#cut)
    const { route } = work
    if (route === undefined) return this.#observe(this.#routes.ofPath(req.method!, req.url!), work.heldMs)
    this.#board.closed(route.id)
    this.#observe(route, Math.max(work.heldMs, route.pendingMs))
    route.pendingMs = 0
  }

  /**
   * To be called many times a second, by a timer: sees what holds the loop while no request is open.
   * @param delayMs how late the timer was. While a profiler takes samples Node counts much of a loop's sleep as work
   *   (each signal begins the wait anew); such sleep makes no timer late
   */
  tick(delayMs: number): void {
    if (this.#open > 0) return
    const now = this.#clock.now()
    const slept = this.#sleptMs()
    const held = now - this.#cut - (slept - this.#slept)
    this.#cut = now
    this.#slept = slept
    if (held > stallMs && delayMs > stallMs / 2) this.#observe(this.#routes.named(noRequest.method, noRequest.route), held)
  }

  /** The time for which requests were open since the process began, added up, in milliseconds. @param now on the clock */
  openMs(now: number): number {
    return this.#openMs + this.#tasks * (now - this.#counted)
  }

  /** The longest hold since this was last asked; undefined where it was too short for anyone to notice. */
  takeLongest(): LongHold | undefined {
    const [route, heldMs] = [this.#longest, this.#longestMs]
    this.#longest = undefined
    this.#longestMs = 0
    return route === undefined || heldMs < stallMs ? undefined : { method: route.method, route: route.route, forMs: Math.round(heldMs) }
  }

  #count(now: number): void {
    this.#openMs += this.#tasks * (now - this.#counted)
    this.#counted = now
    this.#tasks = this.#open
  }

  #name(work: Work, route: Route): void {
    work.route = route
    this.#board.opened(route.id)
    this.#board.running(route.id)
  }

  #wake(now: number): void {
    this.#cut = now
    this.#slept = this.#sleptMs()
    if (this.#armed) return
    this.#armed = true
    this.#pulse.refresh()
  }

  #beat(): void {
    this.#armed = this.#open > 0
    if (!this.#armed) return
    const now = this.#clock.now()
    if (now - this.#cut > stallMs) this.#layUp(now)
    this.#cut = now
    this.#slept = this.#sleptMs()
    this.#pulse.refresh()
  }

  #layUp(now: number): void {
    const held = now - this.#cut - (this.#sleptMs() - this.#slept)
    if (held < stallMs) return
    const [first, second] = [...this.#routes.all].filter((route) => this.#board.isOpen(route.id))
    if (first !== undefined && second === undefined) first.pendingMs = Math.max(first.pendingMs, held)
    else this.#observe(this.#routes.named(unknownRoute.method, unknownRoute.route), held)
  }

  #observe(route: Route, heldMs: number): void {
    route.observe(heldMs / 1000)
    if (heldMs >= stallMs) this.#routes.longHolds++
    if (heldMs > this.#longestMs) {
      this.#longestMs = heldMs
      this.#longest = route
    }
  }
}
