import type { EndpointSpec, SupervisorToBalancer } from '../core/messages.ts'

interface Listener {
  readonly send: (message: SupervisorToBalancer) => void
  applied: number
  readonly released: Set<string>
  /** Keys of loops that hold requests of this balancer and do not beat. */
  readonly silent: Set<string>
}

interface Release {
  /** Whose requests are waited for; undefined where it is enough that the snapshot is in force. */
  readonly key: string | undefined
  /** The snapshot that first showed it as draining. */
  readonly version: number
  /** Balancers that knew it before; one that starts later never sent it anything. */
  readonly waitingFor: Set<string>
  readonly done: (released: boolean) => void
}

/**
 * Who may serve, as told to every balancer in numbered snapshots, and what each balancer answered. A loop is
 * drained only when no balancer sends it anything more: that is why nothing is dropped.
 */
export class Endpoints {
  readonly #specs = new Map<string, EndpointSpec>()
  readonly #balancers = new Map<string, Listener>()
  readonly #releases = new Set<Release>()
  readonly #onSilence: () => void
  #version = 0

  /** @param onSilence called after a loop fell silent or spoke again */
  constructor(onSilence: () => void = () => undefined) {
    this.#onSilence = onSilence
  }

  /** How many may be given requests now. */
  get ready(): number {
    return [...this.#specs.values()].filter((spec) => spec.state === 'ready').length
  }

  /** Changes several at once: no balancer sees a state between. */
  update(put: readonly EndpointSpec[], removed: readonly string[] = []): void {
    const gone = removed.filter((key) => this.#specs.delete(key))
    if (put.length === 0 && gone.length === 0) return
    for (const spec of put) this.#specs.set(spec.key, spec)
    this.#version++
    for (const balancer of this.#balancers.values()) balancer.send(this.#snapshot())
    for (const key of gone) {
      for (const balancer of this.#balancers.values()) {
        balancer.released.delete(key)
        balancer.silent.delete(key)
      }
      for (const release of this.#releases) if (release.key === key) this.#settle(release, true)
    }
  }

  /** Takes a balancer in and tells it the state of things. */
  attach(name: string, send: (message: SupervisorToBalancer) => void): void {
    this.#balancers.set(name, { send, applied: -1, released: new Set(), silent: new Set() })
    send(this.#snapshot())
  }

  /** The balancer is gone, and its requests with it. */
  detach(name: string): void {
    this.#balancers.delete(name)
    this.#check()
  }

  applied(name: string, version: number): void {
    const balancer = this.#balancers.get(name)
    if (balancer !== undefined) balancer.applied = Math.max(balancer.applied, version)
    this.#check()
  }

  released(name: string, key: string): void {
    if (this.#specs.has(key)) this.#balancers.get(name)?.released.add(key)
    this.#check()
  }

  /** What a balancer says of a loop's beats; of a loop that is gone already it says nothing that counts. */
  silence(name: string, key: string, isSilent: boolean): void {
    const silent = this.#specs.has(key) ? this.#balancers.get(name)?.silent : undefined
    if (silent === undefined || silent.has(key) === isSilent) return
    if (isSilent) silent.add(key)
    else silent.delete(key)
    this.#onSilence()
  }

  /** A handler holds this loop: at least one balancer waits for it and hears nothing. */
  isBlocked(key: string): boolean {
    return [...this.#balancers.values()].some((balancer) => balancer.silent.has(key))
  }

  /**
   * Shows an endpoint as draining (and its successor as ready, in the same snapshot) and waits until every
   * balancer that knew it holds no request on it.
   * @returns false where `limitMs` passed first
   */
  release(draining: EndpointSpec, limitMs: number, successor: readonly EndpointSpec[] = []): Promise<boolean> {
    this.update([...successor, draining])
    return this.#wait(draining.key, limitMs)
  }

  /**
   * Shows these in one snapshot and waits until every balancer goes by it.
   * @returns false where `limitMs` passed first
   */
  apply(put: readonly EndpointSpec[], limitMs: number): Promise<boolean> {
    this.update(put)
    return this.#wait(undefined, limitMs)
  }

  #wait(key: string | undefined, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(release, false), limitMs)
      const release: Release = {
        key,
        version: this.#version,
        waitingFor: new Set(this.#balancers.keys()),
        done: (released) => {
          clearTimeout(timer)
          resolve(released)
        },
      }
      this.#releases.add(release)
      this.#check()
    })
  }

  #check(): void {
    for (const release of this.#releases) {
      const open = [...release.waitingFor].some((name) => {
        const balancer = this.#balancers.get(name)
        if (balancer === undefined) return false
        return balancer.applied < release.version || (release.key !== undefined && !balancer.released.has(release.key))
      })
      if (!open) this.#settle(release, true)
    }
  }

  #settle(release: Release, released: boolean): void {
    this.#releases.delete(release)
    release.done(released)
  }

  #snapshot(): SupervisorToBalancer {
    return { type: 'endpoints', version: this.#version, endpoints: [...this.#specs.values()] }
  }
}
