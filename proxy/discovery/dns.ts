import { lookup } from 'node:dns/promises'

import { type Address, formatHostPort } from '../../core/address.ts'
import type { Logger } from '../../core/log.ts'
import type { EndpointIdentity } from '../balancing/endpoint.ts'
import type { Discovery } from './discovery.ts'
import { foundEndpoint } from './static-list.ts'

/** Every address that a name has now, of both families. Rejects or returns none when there is no answer. */
export type Resolver = (name: string) => Promise<readonly string[]>

// The system's resolver, not a DNS client: it knows /etc/hosts and the search domains of a container network.
const systemResolver: Resolver = async (name) => (await lookup(name, { all: true })).map(({ address }) => address)

export interface DnsDiscoveryOptions {
  readonly cap: number
  readonly log: Logger
  readonly intervalMs?: number
  readonly resolve?: Resolver
}

/**
 * Every address that a name has, followed as it changes. One that vanishes is shown as draining until the next
 * answer without it, then no more. Without an answer the last good one stands: a name server that fails must not
 * take the cluster with it.
 */
export class DnsDiscovery implements Discovery {
  readonly #target: Extract<Address, { kind: 'dns' }>
  readonly #cap: number
  readonly #log: Logger
  readonly #intervalMs: number
  readonly #resolve: Resolver
  #hosts: readonly string[] = []
  #vanished: readonly string[] = []
  #failing = false
  #stopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(target: Extract<Address, { kind: 'dns' }>, options: DnsDiscoveryOptions) {
    this.#target = target
    this.#cap = options.cap
    this.#log = options.log
    this.#intervalMs = options.intervalMs ?? 1_000
    this.#resolve = options.resolve ?? systemResolver
  }

  start(onChange: (identities: readonly EndpointIdentity[]) => void): void {
    const poll = async (): Promise<void> => {
      const hosts = await this.#ask()
      if (this.#stopped) return
      if (hosts !== undefined && this.#follow(hosts)) onChange(this.#identities())
      // The next poll waits for this one: a name server that hangs must not pile up questions.
      this.#timer = setTimeout(() => void poll(), this.#intervalMs).unref()
    }
    void poll()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #ask(): Promise<readonly string[] | undefined> {
    const { name } = this.#target
    try {
      const hosts = await this.#resolve(name)
      if (hosts.length === 0) throw new Error('it has no address')
      if (this.#failing) this.#log.info({ name }, 'the name of the loops resolves again')
      this.#failing = false
      return [...new Set(hosts)].sort()
    } catch (error) {
      if (!this.#failing && !this.#stopped) {
        this.#log.warn({ name, err: error, kept: this.#hosts }, 'the name of the loops does not resolve; the last addresses are kept')
      }
      this.#failing = true
      return undefined
    }
  }

  // True when there is something new to report.
  #follow(hosts: readonly string[]): boolean {
    const vanished = this.#hosts.filter((host) => !hosts.includes(host))
    const changed = vanished.length > 0 || this.#vanished.length > 0 || hosts.length !== this.#hosts.length
    if (hosts.some((host) => !this.#hosts.includes(host)) || vanished.length > 0) {
      this.#log.info({ name: this.#target.name, addresses: hosts }, 'the addresses of the loops changed')
    }
    this.#vanished = vanished
    this.#hosts = hosts
    return changed
  }

  #identities(): EndpointIdentity[] {
    return [
      ...this.#hosts.map((host) => this.#identity(host, 'starting')),
      ...this.#vanished.map((host) => this.#identity(host, 'draining')),
    ]
  }

  #identity(host: string, state: 'starting' | 'draining'): EndpointIdentity {
    const { lane, port } = this.#target
    return foundEndpoint(formatHostPort(host, port), { lane, kind: 'tcp', host, port }, this.#cap, state)
  }
}
