import { metricCatalog } from '../../core/metrics/catalog.ts'
import type { MetricFamily } from '../../core/metrics/family.ts'
import { FastHistogram } from '../../core/metrics/fast-metrics.ts'
import type { Clock } from '../../core/sources.ts'
import type { ProgramReport } from './program-report.ts'

/** What a program said of one window. */
interface ProgramWindow {
  /** Undefined where it said nothing of it. */
  readonly utilization: number | undefined
  readonly delaysMs: readonly number[]
}

// A program that says more in a window is not asked for it, and must not fill the memory.
const maxDelays = 1_000

/** Collects what the processes of a program report: a server like gunicorn has workers, and each speaks for itself. */
export class ProgramReports {
  readonly #clock: Clock
  readonly #workers = new Set<ReportingWorker>()
  readonly #delays = new FastHistogram(new Float64Array(metricCatalog.loopDelay.buckets))
  #delaysMs: number[] = []
  /** Requests of workers that have left. */
  #ended = 0
  #tells = { delay: false, inFlight: false, requests: false }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get inFlight(): number {
    let sum = 0
    for (const worker of this.#workers) sum += worker.inFlight
    return sum
  }

  /** Of all workers, those that have left included: it never falls. */
  get requests(): number {
    let sum = this.#ended
    for (const worker of this.#workers) sum += worker.requests
    return sum
  }

  join(): ReportingWorker {
    const worker = new ReportingWorker(this.#clock.now())
    this.#workers.add(worker)
    return worker
  }

  hear(worker: ReportingWorker, report: ProgramReport): void {
    worker.hear(report, this.#clock.now())
    const tells = this.#tells
    tells.inFlight ||= report.inFlight !== undefined
    tells.requests ||= report.requests !== undefined
    if (report.delayMs === undefined) return
    tells.delay = true
    this.#delays.observe(report.delayMs / 1000)
    if (this.#delaysMs.length < maxDelays) this.#delaysMs.push(report.delayMs)
  }

  leave(worker: ReportingWorker): void {
    if (this.#workers.delete(worker)) this.#ended += worker.requests
  }

  /** What was said since the last call. */
  takeWindow(): ProgramWindow {
    const shares = [...this.#workers].map((worker) => worker.takeShare()).filter((share) => share !== undefined)
    const delaysMs = this.#delaysMs
    this.#delaysMs = []
    return { utilization: shares.length === 0 ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length, delaysMs }
  }

  /** Metrics of what it has ever told of: zeros for the rest would be lies. */
  families(loop: string): MetricFamily[] {
    const one = ({ name }: { readonly name: string }, value: number | readonly number[]): MetricFamily => ({
      name,
      series: [{ labels: { loop }, value }],
    })
    const { delay, inFlight, requests } = this.#tells
    return [
      ...(delay ? [one(metricCatalog.loopDelay, this.#delays.value)] : []),
      ...(inFlight ? [one(metricCatalog.loopInFlight, this.inFlight)] : []),
      ...(requests ? [one(metricCatalog.loopRequests, this.requests)] : []),
    ]
  }
}

/** One process of the program. */
class ReportingWorker {
  inFlight = 0
  requests = 0
  #heardAt: number
  #busyMs = 0
  #spanMs = 0

  constructor(now: number) {
    this.#heardAt = now
  }

  hear({ utilization, inFlight, requests }: ProgramReport, now: number): void {
    if (utilization !== undefined) {
      this.#busyMs += utilization * (now - this.#heardAt)
      this.#spanMs += now - this.#heardAt
    }
    this.#heardAt = now
    this.inFlight = inFlight ?? this.inFlight
    this.requests = Math.max(this.requests, requests ?? 0)
  }

  /** How busy it was since the last call, 0 to 1; undefined where it has not said. */
  takeShare(): number | undefined {
    const share = this.#spanMs > 0 ? this.#busyMs / this.#spanMs : undefined
    this.#busyMs = 0
    this.#spanMs = 0
    return share
  }
}
