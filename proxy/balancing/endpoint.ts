import type { Address } from '../../core/address.ts'
import type { LoopState } from '../../core/messages.ts'
import type { RouteName } from '../../core/status.ts'
import type { Beat } from '../../link/beat.ts'
import type { UpstreamLink } from '../link-lane/upstream-link.ts'
import { Health, type HealthTuning } from './health.ts'
import type { AdaptiveLimit } from './load/adaptive-limit.ts'
import { PeakEwma } from './load/peak-ewma.ts'
import { Outlier, type OutlierTuning } from './outlier.ts'

export type EndpointState = LoopState

/** What the supervisor or discovery says of one endpoint. */
export interface EndpointIdentity {
  /** Names one process (or one address) for its whole life. */
  readonly key: string
  /** The loop's id in metrics and for stickiness; a successor after a restart or reload bears the same. */
  readonly loop: string
  readonly address: Address
  /** True for a loop that is known to be ours: it answers probes and says when it has taken a request. */
  readonly node: boolean
  /** Requests it may hold at once; 0 sets no cap. */
  readonly cap: number
  readonly state: EndpointState
  /** As of EndpointSpec. */
  readonly hungBy?: readonly RouteName[] | undefined
  /** As of EndpointSpec. */
  readonly forBlocking?: boolean
}

export interface EndpointTuning extends HealthTuning, OutlierTuning {
  /** Makes what sets a limit of its own to how many requests it holds; undefined where nothing does. */
  readonly adaptive?: (() => AdaptiveLimit) | undefined
}

/** One loop or foreign server as a balancer sees it: who it is, how busy, and whether it may serve. */
export class Endpoint {
  readonly key: string
  readonly loop: string
  readonly address: Address
  /** A prober may learn this later than discovery; until it is known, a request sent is treated as begun. */
  node: boolean
  state: EndpointState
  cap: number
  readonly forBlocking: boolean
  /** Tickets held: requests given to it and not settled. */
  inFlight = 0
  /** Given over its link since its last beat, and how many may be; Infinity where it does not beat, or nothing limits it. */
  given = 0
  quota = Number.POSITIVE_INFINITY
  /** How many of them are on blocking routes and not answered yet. */
  blockingInFlight = 0
  /** Upgraded connections. */
  tunnels = 0
  /** The link to it, while there is one. */
  link: UpstreamLink | undefined = undefined
  /** A link is to be made to it; otherwise it is reached over HTTP. */
  readonly speaksLink: boolean
  /** It does not speak our link, and is reached over HTTP after all. */
  linkRefused = false
  /** Since when it has held requests of ours without having been heard of for three beats; Infinity while it is heard of. */
  silentSince = Number.POSITIVE_INFINITY
  /** This balancer keeps it for blocking routes. */
  claimed = false
  /** Another balancer does. */
  claimedElsewhere = false
  /** The routes that have held it for longer than anyone waits; undefined while it runs. */
  hungBy: readonly RouteName[] | undefined = undefined
  /** What it last said of itself. */
  beat: Beat | undefined = undefined
  readonly latency: PeakEwma
  readonly adaptive: AdaptiveLimit | undefined
  readonly health: Health
  readonly outlier: Outlier

  /** @param links whether links are made at all */
  constructor(identity: EndpointIdentity, tuning: EndpointTuning, now: number, links = false) {
    this.key = identity.key
    this.loop = identity.loop
    this.address = identity.address
    this.speaksLink = links && identity.address.lane === 'link'
    this.node = identity.node
    this.state = identity.state
    this.cap = identity.cap
    this.forBlocking = identity.forBlocking ?? false
    this.hungBy = identity.hungBy
    this.latency = new PeakEwma(now)
    this.adaptive = tuning.adaptive?.()
    this.health = new Health(tuning)
    this.outlier = new Outlier(tuning)
  }

  /** It holds requests of ours and has not been heard of for three beats. */
  get blocked(): boolean {
    return this.silentSince !== Number.POSITIVE_INFINITY
  }

  /** It serves, or is going to: neither leaving nor gone. */
  get isLive(): boolean {
    return this.state === 'ready' || this.state === 'starting'
  }

  /** A request can be sent to it: not while its link is being made. */
  get reachable(): boolean {
    return this.link !== undefined || !this.speaksLink || this.linkRefused
  }

  /** A balancer keeps it for blocking routes. */
  get isolated(): boolean {
    return this.claimed || this.claimedElsewhere
  }

  /** Requests of this balancer that it may hold now; 0 where nothing limits it. */
  get limit(): number {
    const adaptive = this.adaptive?.limit ?? 0
    return this.cap === 0 || (adaptive > 0 && adaptive < this.cap) ? adaptive : this.cap
  }

  /** It may hold one more, and may be given it now. */
  get hasRoom(): boolean {
    return this.given < this.quota && this.hasPlace
  }

  /** It may hold one more. */
  get hasPlace(): boolean {
    const { limit } = this
    return limit === 0 || this.inFlight < limit
  }
}
