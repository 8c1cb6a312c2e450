import type { BalancerSeries, BalancerStatus, ClusterHistory, ClusterStatus, LoopSeries, LoopStatus } from '../../core/status.ts'

const loopSeries = ['utilization', 'delayP99Ms', 'inFlight', 'requests', 'rssBytes'] as const satisfies readonly LoopSeries[]
const balancerSeries = ['connections', 'inFlight', 'queued', 'requests', 'shed'] as const satisfies readonly BalancerSeries[]

/** The rings of one process; NaN where it was not there. */
interface Track<Series extends string> {
  readonly values: Readonly<Record<Series, Float64Array>>
  /** The number of the last sample that it was in. */
  lastSeen: number
}

/**
 * The last ten minutes of every loop and balancer. Memory is bounded by how many of them were there in that time: ids are
 * used again after a reload or restart, and one that went away leaves with its last sample.
 */
export class History {
  readonly #stepMs: number
  readonly #capacity: number
  readonly #at: Float64Array
  readonly #loops = new Map<string, Track<LoopSeries>>()
  readonly #balancers = new Map<string, Track<BalancerSeries>>()
  /** Samples taken so far; each lies at its number modulo the capacity. */
  #count = 0

  constructor(stepMs: number, capacity = 600) {
    this.#stepMs = stepMs
    this.#capacity = capacity
    this.#at = new Float64Array(capacity)
  }

  /** @param at milliseconds since 1970 */
  sample(at: number, { loops, balancers }: Pick<ClusterStatus, 'loops' | 'balancers'>): void {
    this.#at[this.#count % this.#capacity] = at
    this.#write<LoopSeries, LoopStatus>(this.#loops, loopSeries, loops)
    this.#write<BalancerSeries, BalancerStatus>(this.#balancers, balancerSeries, balancers)
    this.#count++
  }

  read(): ClusterHistory {
    return {
      stepMs: this.#stepMs,
      at: this.#order(this.#at),
      loops: this.#readTracks(this.#loops, loopSeries),
      balancers: this.#readTracks(this.#balancers, balancerSeries),
    }
  }

  #write<Series extends string, Status extends Readonly<Record<Series, number>> & { readonly id: string; readonly state: string }>(
    tracks: Map<string, Track<Series>>,
    names: readonly Series[],
    present: readonly Status[],
  ): void {
    const place = this.#count % this.#capacity
    for (const status of present) {
      // A process that has ended is shown until its successor starts; its zeros would look like a loop that idles.
      if (status.state === 'dead') continue
      const track = tracks.get(status.id) ?? this.#newTrack(names)
      tracks.set(status.id, track)
      track.lastSeen = this.#count
      for (const name of names) track.values[name][place] = status[name]
    }
    for (const [id, track] of tracks) {
      if (track.lastSeen === this.#count) continue
      if (this.#count - track.lastSeen >= this.#capacity) tracks.delete(id)
      else for (const name of names) track.values[name][place] = Number.NaN
    }
  }

  #newTrack<Series extends string>(names: readonly Series[]): Track<Series> {
    const values = Object.fromEntries(names.map((name) => [name, new Float64Array(this.#capacity).fill(Number.NaN)]))
    return { values: values as Record<Series, Float64Array>, lastSeen: this.#count }
  }

  #readTracks<Series extends string>(
    tracks: ReadonlyMap<string, Track<Series>>,
    names: readonly Series[],
  ): Record<string, Record<Series, (number | null)[]>> {
    const entries = [...tracks].map(([id, { values }]) => {
      const series = names.map((name) => [name, this.#order(values[name]).map(shown)])
      return [id, Object.fromEntries(series) as Record<Series, (number | null)[]>]
    })
    return Object.fromEntries(entries) as Record<string, Record<Series, (number | null)[]>>
  }

  /** The ring from its oldest sample to its newest. */
  #order(ring: Float64Array): number[] {
    const start = this.#count % this.#capacity
    return this.#count < this.#capacity ? [...ring.subarray(0, start)] : [...ring.subarray(start), ...ring.subarray(0, start)]
  }
}

// Three decimals are more than a chart shows, and a fifth of what a measured fraction takes as text.
const shown = (value: number): number | null => (Number.isNaN(value) ? null : Math.round(value * 1_000) / 1_000)
