import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'

import type { RouteCounts } from '../../core/route-counts.ts'
import type { Logger } from '../../core/log.ts'
import type { Clock } from '../../core/sources.ts'
import type { Beat } from '../../link/beat.ts'
import { loopState } from '../../link/frame.ts'
import { handshakeMs } from '../../link/greeting.ts'
import { DialHandshake, type Refusal } from '../../link/handshake.ts'
import { nonceBytes } from '../../link/proof.ts'
import type { LinkSecurity } from '../../link/security.ts'
import type { Endpoint } from '../balancing/endpoint.ts'
import type { EndpointSet } from '../balancing/endpoint-set.ts'
import { openLink } from '../open-connection.ts'
import { UpstreamLink } from './upstream-link.ts'

interface LinksParts {
  readonly endpoints: EndpointSet
  readonly id: string
  readonly security: LinkSecurity
  readonly keepAliveMs: number
  readonly connectMs: number
  /** A supervisor says which loops have hung. */
  readonly supervised: boolean
  readonly clock: Clock
  readonly log: Logger
  /** A read of a link has been looked through. True where its bytes are still referred to. */
  readonly onRead: () => boolean
  readonly onBusy: () => void
  /** Something has come from a loop, and has been dealt with. */
  readonly onHeard: (endpoint: Endpoint) => void
  /** A beat has come: its `beat` is new. `lateMs` is how late the loop stands behind its events. */
  readonly onBeat: (endpoint: Endpoint, lateMs: number) => void
  /** A loop has reported how long requests have held it. */
  readonly onRoutes: (endpoint: Endpoint, routes: readonly RouteCounts[]) => void
  /** The connection was refused: the process behind a unix socket is gone. */
  readonly onUnreachable: (endpoint: Endpoint, error: NodeJS.ErrnoException) => void
}

const firstPauseMs = 20
const longestPauseMs = 1_000
// A loop that refuses will not change its mind; an operator may.
const refusedPauseMs = 30_000

// A loop that has been silent for so long when it ends has hung, as far as a balancer that runs alone can tell.
const hungMs = 1_000

// A link's reads: what a socket buffer of the system holds at most, nearly.
const readBytes = 64 * 1024

/** What is kept for one endpoint while it is in the set. */
interface Dial {
  socket: Socket | undefined
  timer: NodeJS.Timeout | undefined
  pauseMs: number
  /** Clock time at which the loop accepted the link. */
  openedAt: number
  /** Said once, not at every try. */
  complained: boolean
}

/** Keeps a link to every endpoint that speaks it: makes it, makes it again when it breaks, and lets go of it at the end. */
export class Links {
  readonly #parts: LinksParts
  readonly #dials = new Map<Endpoint, Dial>()

  constructor(parts: LinksParts) {
    this.#parts = parts
    parts.endpoints.onChange(() => this.#follow())
  }

  /** Closes the link of an endpoint that gets nothing new. */
  forget(endpoint: Endpoint): void {
    const dial = this.#dials.get(endpoint)
    if (dial === undefined) return
    this.#dials.delete(endpoint)
    clearTimeout(dial.timer)
    // What is still on it, an answered request's last bytes of body, may end; nothing new comes.
    if (endpoint.link === undefined || endpoint.link.streams === 0) dial.socket?.destroy()
    else dial.socket?.end()
    endpoint.link = undefined
  }

  #follow(): void {
    for (const endpoint of this.#parts.endpoints.all) {
      if (!endpoint.speaksLink || !endpoint.isLive || this.#dials.has(endpoint)) continue
      const dial: Dial = { socket: undefined, timer: undefined, pauseMs: 0, openedAt: 0, complained: false }
      this.#dials.set(endpoint, dial)
      this.#dial(endpoint, dial)
    }
  }

  #dial(endpoint: Endpoint, dial: Dial): void {
    const { id, keepAliveMs, security, connectMs } = this.#parts
    const tcp = endpoint.address.kind === 'tcp'
    const handshake = new DialHandshake(
      { id, mode: 'link', keepAliveMs, secret: tcp ? security.secret : undefined },
      randomBytes(nonceBytes),
    )
    let link: UpstreamLink | undefined
    let tainted = true
    const socket = openLink(endpoint.address, security, {
      // A buffer that a slow client's connection still refers to is left to it. Node would not ask after a callback that threw:
      // the old bytes would be overwritten. Nothing here survives that: an uncaught exception ends a balancer.
      buffer: () => {
        if (!tainted) return undefined
        tainted = false
        return Buffer.allocUnsafeSlow(readBytes)
      },
      callback: (count, bytes) => {
        let at = 0
        if (link === undefined) {
          at = handshake.read(bytes, 0, count)
          const reply = handshake.takeReply()
          if (reply !== undefined) socket.write(reply)
          if (handshake.state === 'refused') this.#refused(endpoint, dial, handshake.refusal!, socket)
          if (handshake.state !== 'accepted') return true
          socket.setTimeout(0)
          link = this.#open(endpoint, dial, socket)
        }
        try {
          link.read(bytes, at, count)
        } catch (error) {
          this.#parts.log.error({ endpoint: endpoint.key }, `the link is closed and made again: ${(error as Error).message}`)
          socket.destroy(error as Error)
        }
        this.#parts.onHeard(endpoint)
        tainted = this.#parts.onRead()
        return true
      },
    })
    dial.socket = socket
    socket.setTimeout(connectMs > 0 ? connectMs : handshakeMs, () => socket.destroy(new Error('no handshake in time')))
    socket.write(handshake.first)
    let failure: NodeJS.ErrnoException | undefined
    socket.on('error', (error) => {
      failure = error
    })
    // The loop's process has ended, or it ends the link: either way nothing more comes from it.
    socket.on('end', () => socket.destroy())
    socket.on('close', () => this.#closed(endpoint, dial, link, failure))
  }

  #open(endpoint: Endpoint, dial: Dial, socket: Socket): UpstreamLink {
    const link = new UpstreamLink(socket, {
      clock: this.#parts.clock,
      onState: (state) => this.#heardState(endpoint, state),
      onBeat: (beat, claimed, lateMs) => this.#heardBeat(endpoint, beat, claimed, lateMs),
      onRoutes: (routes) => this.#parts.onRoutes(endpoint, routes),
      onBusy: this.#parts.onBusy,
    })
    dial.openedAt = this.#parts.clock.now()
    dial.complained = false
    endpoint.link = link
    endpoint.given = 0
    endpoint.linkRefused = false
    if (!this.#parts.supervised) endpoint.hungBy = undefined
    if (endpoint.claimed) link.claim(true)
    this.#parts.endpoints.refresh()
    return link
  }

  #heardBeat(endpoint: Endpoint, beat: Beat, claimedElsewhere: boolean, lateMs: number): void {
    endpoint.beat = beat
    if (endpoint.claimedElsewhere !== claimedElsewhere) {
      endpoint.claimedElsewhere = claimedElsewhere
      this.#parts.endpoints.reopen()
    }
    this.#parts.onBeat(endpoint, lateMs)
  }

  #heardState(endpoint: Endpoint, state: number): void {
    if (state !== loopState.draining || endpoint.state !== 'ready') return
    // A loop that runs alone says so before its probes do.
    if (endpoint.health.refuse()) this.#parts.endpoints.refresh()
  }

  #refused(endpoint: Endpoint, dial: Dial, refusal: Refusal, socket: Socket): void {
    if (!dial.complained) this.#parts.log.error({ endpoint: endpoint.key, code: refusal.code }, `no link: ${refusal.message}`)
    dial.complained = true
    dial.pauseMs = refusedPauseMs
    endpoint.linkRefused = refusal.code !== 'unavailable'
    this.#parts.endpoints.refresh()
    socket.end()
  }

  #closed(endpoint: Endpoint, dial: Dial, link: UpstreamLink | undefined, failure: NodeJS.ErrnoException | undefined): void {
    const isCurrent = this.#dials.get(endpoint) === dial
    if (isCurrent && endpoint.link !== undefined && endpoint.link === link) {
      endpoint.link = undefined
      endpoint.claimedElsewhere = false
    }
    if (isCurrent && failure !== undefined) this.#parts.onUnreachable(endpoint, failure)
    if (isCurrent) this.#parts.endpoints.refresh()
    // Nobody names the route: whatever it had begun could hang the next loop too.
    if (!this.#parts.supervised && this.#parts.clock.now() - endpoint.silentSince > hungMs) endpoint.hungBy = []
    // Behind the refresh: what was on it looks for another loop at once.
    link?.lose()
    if (!isCurrent) return
    dial.socket = undefined
    if (!endpoint.isLive || !this.#parts.endpoints.all.includes(endpoint)) {
      this.#dials.delete(endpoint)
      return
    }
    // One that breaks as soon as it is made is not made again at once, over and over.
    if (link !== undefined && this.#parts.clock.now() - dial.openedAt > longestPauseMs) dial.pauseMs = 0
    dial.timer = setTimeout(() => this.#dial(endpoint, dial), dial.pauseMs).unref()
    if (dial.pauseMs < longestPauseMs) dial.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, dial.pauseMs * 2))
  }
}
