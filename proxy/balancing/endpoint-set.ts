import type { Clock } from '../../core/sources.ts'
import { Endpoint, type EndpointIdentity, type EndpointTuning } from './endpoint.ts'
import { partition, type Tiers } from './tiers.ts'

/** Who exists, and who may serve now. */
export class EndpointSet {
  readonly #tuning: EndpointTuning & { readonly ejectMax: number }
  readonly #clock: Clock
  readonly #listeners: (() => void)[] = []
  readonly #openListeners: (() => void)[] = []
  #byKey: ReadonlyMap<string, Endpoint> = new Map()
  #all: readonly Endpoint[] = []
  #serving: readonly Endpoint[] = []
  #tiers: Tiers | undefined
  readonly #links: boolean
  #unlinked = 0
  // When the next ejection ends; Infinity while nobody is ejected, so that the hot path reads no clock then.
  #nextReturn = Number.POSITIVE_INFINITY

  /** @param links whether links are made to endpoints that speak it */
  constructor(tuning: EndpointTuning & { readonly ejectMax: number }, clock: Clock, links = false) {
    this.#links = links
    this.#tuning = tuning
    this.#clock = clock
  }

  /** Everyone, in the order of the last `apply`. */
  get all(): readonly Endpoint[] {
    return this.#all
  }

  /**
   * Those that may be given a request: an immutable snapshot, replaced whole. Ready, healthy and not ejected ones; with too
   * many ejected the ejected as well, with nobody healthy the unhealthy as well (fail open). Never one that is
   * starting, draining or dead, or whose link is being made.
   */
  get serving(): readonly Endpoint[] {
    // An ejection ends by time alone: noticed here, there is no timer that could be late or leak.
    if (this.#nextReturn !== Number.POSITIVE_INFINITY && this.#clock.now() >= this.#nextReturn) {
      const changed = this.#recompute(this.#clock.now())
      // Later, not here: the reader is in the middle of a choice that a listener could overtake.
      if (changed) queueMicrotask(() => this.#notify())
    }
    return this.#serving
  }

  /** The same, parted by what stands against giving them one more request. */
  get tiers(): Tiers {
    const { serving } = this
    if (this.#tiers === undefined || this.#tiers.serving !== serving) this.#tiers = partition(serving)
    return this.#tiers
  }

  /** How many of `serving` have no link: they are reached over HTTP. */
  get unlinked(): number {
    return this.#unlinked
  }

  /**
   * Makes the set be exactly these. An endpoint with a known key stays the same object with its counters and takes over
   * state and cap.
   */
  apply(identities: readonly EndpointIdentity[]): { added: Endpoint[]; removed: Endpoint[] } {
    const now = this.#clock.now()
    const byKey = new Map<string, Endpoint>()
    const added: Endpoint[] = []
    for (const identity of identities) {
      const known = this.#byKey.get(identity.key) ?? byKey.get(identity.key)
      const endpoint = known ?? new Endpoint(identity, this.#tuning, now, this.#links)
      if (known === undefined) added.push(endpoint)
      // Discovery says `starting` of every address it sees; a probe has found this one ready since.
      else if (identity.state !== 'starting' || known.state !== 'ready') known.state = identity.state
      endpoint.cap = identity.cap
      endpoint.hungBy = identity.hungBy
      byKey.set(identity.key, endpoint)
    }
    const removed = this.#all.filter((endpoint) => !byKey.has(endpoint.key))
    this.#byKey = byKey
    this.#all = [...byKey.values()]
    this.#tiers = undefined
    const changed = this.#recompute(now)
    if (changed || added.length > 0 || removed.length > 0) this.#notify()
    return { added, removed }
  }

  /** Looks again at who may serve, after a change of state, health or outlier. */
  refresh(): void {
    if (this.#recompute(this.#clock.now())) this.#notify()
  }

  /** What stands against an endpoint has changed: it holds a blocking request or does no more, or a limit came or went. */
  regroup(): void {
    this.#tiers = undefined
  }

  /** The same, by something else than a request: whoever waits may have a place now. */
  reopen(): void {
    this.#tiers = undefined
    for (const listener of this.#openListeners) listener()
  }

  /** `listener` is called after `all` or `serving` changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** `listener` is called after that too, and when whoever waits may have a place for another reason. */
  onOpen(listener: () => void): void {
    this.#openListeners.push(listener)
  }

  // True when `serving` changed.
  #recompute(now: number): boolean {
    this.#nextReturn = nextReturn(this.#all, now)
    const serving = selectServing(this.#all, this.#tuning.ejectMax, now)
    this.#unlinked = serving.reduce((count, { link }) => (link === undefined ? count + 1 : count), 0)
    if (sameMembers(serving, this.#serving)) return false
    this.#serving = serving
    return true
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
    for (const listener of this.#openListeners) listener()
  }
}

function selectServing(all: readonly Endpoint[], ejectMax: number, now: number): readonly Endpoint[] {
  const ready = all.filter((endpoint) => endpoint.state === 'ready' && endpoint.reachable)
  const healthy = ready.filter((endpoint) => endpoint.health.healthy)
  const candidates = healthy.length > 0 ? healthy : ready
  const kept = candidates.filter((endpoint) => !endpoint.outlier.isEjected(now))
  const ejected = candidates.length - kept.length
  return kept.length === 0 || ejected > ejectMax * ready.length ? candidates : kept
}

function nextReturn(all: readonly Endpoint[], now: number): number {
  let earliest = Number.POSITIVE_INFINITY
  for (const { outlier } of all) if (outlier.isEjected(now)) earliest = Math.min(earliest, outlier.returnsAt)
  return earliest
}

const sameMembers = (a: readonly Endpoint[], b: readonly Endpoint[]): boolean =>
  a.length === b.length && a.every((endpoint, index) => endpoint === b[index])
