import type { Address } from '../core/address.ts'
import type { LoopState } from '../core/messages.ts'
import type { Beat } from '../link/beat.ts'
import { Health, type HealthTuning } from './health.ts'
import { PeakEwma } from './load/peak-ewma.ts'
import type { UpstreamLink } from './link-lane/upstream-link.ts'
import { Outlier, type OutlierTuning } from './outlier.ts'
import { RouteHolds } from './route-holds.ts'

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
}

export type EndpointTuning = HealthTuning & OutlierTuning

/** One loop or foreign server as a balancer sees it: who it is, how busy, and whether it may serve. */
export class Endpoint {
  readonly key: string
  readonly loop: string
  readonly address: Address
  /** A prober may learn this later than discovery; until it is known, a request sent is treated as begun. */
  node: boolean
  state: EndpointState
  cap: number
  /** Tickets held: requests given to it and not settled. */
  inFlight = 0
  /** Upgraded connections. */
  tunnels = 0
  /** The link to it, while there is one. */
  link: UpstreamLink | undefined = undefined
  /** A link is to be made to it; otherwise it is reached over HTTP. */
  readonly speaksLink: boolean
  /** It does not speak our link, and is reached over HTTP after all. */
  linkRefused = false
  /** It holds requests of ours and has not been heard of for three beats. */
  blocked = false
  /** What it last said of itself. */
  beat: Beat | undefined = undefined
  /** How long requests have held it, as it says. */
  readonly routes: RouteHolds = new RouteHolds()
  readonly latency: PeakEwma
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
    this.latency = new PeakEwma(now)
    this.health = new Health(tuning)
    this.outlier = new Outlier(tuning)
  }

  /** It serves, or is going to: neither leaving nor gone. */
  get isLive(): boolean {
    return this.state === 'ready' || this.state === 'starting'
  }

  /** A request can be sent to it: not while its link is being made. */
  get reachable(): boolean {
    return this.link !== undefined || !this.speaksLink || this.linkRefused
  }
}
