import type { RouteCounts } from '../core/route-counts.ts'
import { silenceMs } from '../link/beat.ts'
import type { Endpoint } from '../proxy/balancing/endpoint.ts'
import type { Ticket } from '../proxy/balancing/ticket.ts'
import type { ModelBalancer } from './model-balancer.ts'
import type { ModelLoop } from './model-loop.ts'
import { Visit, type ModelRequest } from './model-request.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What one balancer and one loop know of each other, and how late. */
export class ModelLink {
  readonly balancer: ModelBalancer
  readonly endpoint: Endpoint
  readonly loop: ModelLoop
  /** One way. */
  readonly delayMs = 0.05
  readonly #time: VirtualTime
  #heardAt = 0
  #busySince = 0
  #looks = false

  constructor(balancer: ModelBalancer, endpoint: Endpoint, loop: ModelLoop, time: VirtualTime) {
    this.balancer = balancer
    this.endpoint = endpoint
    this.loop = loop
    this.#time = time
    loop.links.push(this)
  }

  send(request: ModelRequest, ticket: Ticket): void {
    const now = this.#time.now()
    if (this.endpoint.inFlight === 1) {
      this.#busySince = now
      // Nobody else may have reason to look at a loop that another balancer's request holds.
      if (this.loop.turnEnds > now + silenceMs) this.#lookLater(silenceMs)
    }
    this.#time.after(this.delayMs, new Visit(request, this, ticket, this.#time))
  }

  /** The balancer keeps the loop for blocking routes, or does no more. What the product's own link is asked by the same name. */
  claim(on: boolean): void {
    this.#time.later(this.delayMs, () => this.loop.claim(this, on))
  }

  /** Whether another balancer keeps the loop. */
  claimedElsewhere(on: boolean): void {
    this.#time.later(this.delayMs, () => {
      if (this.endpoint.claimedElsewhere === on) return
      this.endpoint.claimedElsewhere = on
      this.balancer.endpoints.reopen()
    })
  }

  /** The loop beats; it does so to those balancers alone of which it holds requests, or has just held some. @param lateMs its timers are */
  beat(lateMs: number): void {
    const { endpoint } = this
    if (endpoint.blocked) this.#speaks()
    this.balancer.balancer.heard(endpoint, lateMs)
  }

  /** Something else has come. */
  heard(): void {
    this.#heardAt = this.#time.now()
    if (this.endpoint.blocked) this.#speaks()
  }

  /** The loop tells how long requests have held it. */
  reported(routes: readonly RouteCounts[]): void {
    this.balancer.noteRoutes(this.endpoint, routes)
  }

  /** Is it silent by now? */
  look(): void {
    const { endpoint, loop } = this
    if (endpoint.inFlight === 0 || endpoint.blocked || !this.balancer.listens) return
    const now = this.#time.now()
    const silentAt = Math.max(loop.beatAt, this.#heardAt, this.#busySince) + silenceMs
    if (now < silentAt) return silentAt < loop.turnEnds ? this.#lookLater(silentAt - now) : undefined
    endpoint.silentSince = now
    this.balancer.endpoints.reopen()
    for (const visit of loop.unread(this)) visit.takeBack()
  }

  #lookLater(ms: number): void {
    if (this.#looks) return
    this.#looks = true
    this.#time.later(ms, () => {
      this.#looks = false
      this.look()
    })
  }

  #speaks(): void {
    this.endpoint.silentSince = Number.POSITIVE_INFINITY
    this.balancer.endpoints.reopen()
  }
}
