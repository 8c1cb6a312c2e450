import type { Settings } from '../config/schema.ts'
import type { Logger } from '../core/log.ts'
import type { Rng } from '../core/sources.ts'
import type { EndpointSet } from './balancing/endpoint-set.ts'
import type { Endpoint } from './balancing/endpoint.ts'
import { judge, nextAsk, type Nature, type Verdict } from './probe-verdict.ts'
import type { Probe } from './probe.ts'

export interface ProberOptions {
  readonly health: Pick<Settings['health'], 'path' | 'interval' | 'timeout'>
  readonly rng: Rng
  readonly log: Logger
  readonly probe: Probe
}

interface Watch {
  nature: Nature
  timer: NodeJS.Timeout | undefined
}

// Balancers that start together must not probe together for ever.
const jitter = 0.1

/**
 * Asks every endpoint again and again whether it serves: for balancers that run alone, and wherever a health path
 * is set. A starting endpoint becomes ready with its first good answer. Follows the set by itself.
 */
export class Prober {
  readonly #set: EndpointSet
  readonly #health: ProberOptions['health']
  readonly #rng: Rng
  readonly #log: Logger
  readonly #probe: Probe
  readonly #watches = new Map<Endpoint, Watch>()
  #running = false

  constructor(set: EndpointSet, options: ProberOptions) {
    this.#set = set
    this.#health = options.health
    this.#rng = options.rng
    this.#log = options.log
    this.#probe = options.probe
    set.onChange(() => this.#follow())
  }

  start(): void {
    this.#running = true
    this.#follow()
  }

  stop(): void {
    this.#running = false
    for (const watch of this.#watches.values()) clearTimeout(watch.timer)
    this.#watches.clear()
  }

  #follow(): void {
    if (!this.#running) return
    const members = new Set(this.#set.all)
    for (const [endpoint, watch] of this.#watches) {
      if (members.has(endpoint)) continue
      clearTimeout(watch.timer)
      this.#watches.delete(endpoint)
    }
    for (const endpoint of members) {
      if (this.#watches.has(endpoint)) continue
      const watch: Watch = { nature: natureOf(endpoint), timer: undefined }
      this.#watches.set(endpoint, watch)
      void this.#round(endpoint, watch)
    }
  }

  async #round(endpoint: Endpoint, watch: Watch): Promise<void> {
    if (endpoint.isLive) {
      const verdict = await this.#ask(endpoint, watch)
      // It may have left the set, or begun to drain, while it was asked.
      if (this.#watches.get(endpoint) !== watch) return
      watch.nature = verdict.nature
      if (endpoint.isLive) this.#heed(endpoint, verdict)
      if (this.#watches.get(endpoint) !== watch) return
    }
    const pause = this.#health.interval * (1 + jitter * (2 * this.#rng() - 1))
    watch.timer = setTimeout(() => void this.#round(endpoint, watch), pause).unref()
  }

  async #ask(endpoint: Endpoint, watch: Watch): Promise<Verdict> {
    const { path, timeout } = this.#health
    const ask = nextAsk(watch.nature, path)
    const verdict = judge(watch.nature, ask, await this.#probe(endpoint.address, ask, timeout))
    if (ask.kind !== 'loop' || verdict.health !== 'ok' || path === undefined) return verdict
    // The loop is well; the app behind it has its own word.
    const pathAsk = { kind: 'path', path } as const
    return judge(verdict.nature, pathAsk, await this.#probe(endpoint.address, pathAsk, timeout))
  }

  #heed(endpoint: Endpoint, verdict: Verdict): void {
    const wasReady = endpoint.state === 'ready'
    if (verdict.nature !== 'unknown') endpoint.node = verdict.nature === 'loop'
    const flipped = observe(endpoint, verdict)
    if (flipped || wasReady !== (endpoint.state === 'ready')) {
      this.#report(endpoint, verdict)
      this.#set.refresh()
    } else if (verdict.health === 'busy') {
      this.#log.debug({ endpoint: endpoint.key }, 'endpoint did not answer its probe in time')
    }
  }

  #report(endpoint: Endpoint, verdict: Verdict): void {
    const facts = { endpoint: endpoint.key, reason: verdict.reason }
    if (verdict.health === 'ok') this.#log.info(facts, 'endpoint is healthy')
    else if (verdict.health === 'refused') this.#log.info(facts, 'endpoint does not wish to serve')
    else this.#log.warn(facts, 'endpoint is unhealthy')
  }
}

// Discovery finds addresses as starting; one that is ready from the beginning was started by a supervisor, who knows
// what it started.
function natureOf(endpoint: Endpoint): Nature {
  if (endpoint.node) return 'loop'
  return endpoint.state === 'starting' ? 'unknown' : 'foreign'
}

// True when its health flipped.
function observe(endpoint: Endpoint, verdict: Verdict): boolean {
  if (verdict.says === 'starting') endpoint.state = 'starting'
  if (verdict.health === 'busy') return false
  if (verdict.health === 'refused') return endpoint.health.refuse()
  const flipped = endpoint.health.observe(verdict.health === 'ok')
  if (verdict.health === 'ok' && endpoint.health.healthy && endpoint.state === 'starting') endpoint.state = 'ready'
  return flipped
}
