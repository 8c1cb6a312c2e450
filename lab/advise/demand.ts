import type { RouteDemand } from './route-demand.ts'

/** What was measured of one route, on a single event loop; milliseconds. */
export interface RouteProbe {
  /** `GET /io?ms=50` */
  readonly name: string
  /** As the loops know it: the route that did what was asked for. */
  readonly pattern?: string | undefined
  /** Of all requests, 0 to 1. */
  readonly share: number
  /** Responses of requests that were alone, in no order. */
  readonly aloneMs: readonly number[]
  /** Alone, per request: how long it held its event loop; NaN where nobody could tell. A CPU that has just been idle is slower than a busy one. */
  readonly heldAloneMs: number
  /** Under load, per request: how long it held its event loop; NaN where nobody could tell. */
  readonly heldMs: number
  /** Under load, per request: CPU time of the loop's process. */
  readonly cpuMs: number
  /** Under load, per request: CPU time of all else, balancer and client. */
  readonly besideMs: number
  /** On so many connections, each of which asks again when it is answered. */
  readonly connections: number
  /** Of all CPUs of the machine, what nobody used then, 0 to 1. */
  readonly idle: number
  /** Answers per second of one loop then, and of two if that was tried. */
  readonly perSecond: number
  readonly perSecondOfTwo?: number
}

/** CPU time up to this beyond what the handler held is evenloop's own and the collector's; more is work in other threads. */
const ownCpuMs = 0.3
/** A hold that is this much CPU time is computing; the rest was lost to others who wanted the CPU. */
const isComputing = 0.7
/** Fewer answers than this share of what nothing known forbids: something serves one at a time. */
const isHeldUp = 0.6
/** Without as much of the CPUs left, whoever else uses them may be the reason. */
const leftOver = 0.2
/** Two loops answer so many times as much: each waits for something of its own. */
const isOwn = 1.5
const spreadPoints = 200

export interface Demand {
  readonly route: RouteDemand
  /** CPU time per request beside event loops. */
  readonly besideMs: number
}

/** What a route asks for, from what was measured of it alone and under load. */
export function demandOf(probe: RouteProbe, cpus: number): Demand {
  const { name, share, cpuMs } = probe
  const sorted = probe.aloneMs.toSorted((one, other) => one - other)
  const alone = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  const held = Number.isFinite(probe.heldMs) ? probe.heldMs : cpuMs
  const onLoop = Math.min(cpuMs, held + ownCpuMs)
  const besideMs = probe.besideMs + cpuMs - onLoop
  const busy = onLoop >= held * isComputing ? onLoop : held
  const lockMs = lockOf(probe, { alone, busy, computing: onLoop + besideMs }, cpus)
  const route: RouteDemand = {
    name,
    pattern: probe.pattern,
    share,
    cpuMs: onLoop,
    heldMs: busy - onLoop,
    waitMs: Math.max(0, alone - Math.max(busy, Number.isFinite(probe.heldAloneMs) ? probe.heldAloneMs : 0) - lockMs),
    lockMs,
    lockIsLocal: probe.perSecondOfTwo !== undefined && probe.perSecondOfTwo > isOwn * probe.perSecond,
    spread: spreadOf(sorted, alone),
  }
  return { route, besideMs }
}

/** What one request has alone for which the others wait: known by how far the answers stay behind what a loop could do. */
function lockOf(probe: RouteProbe, { alone, busy, computing }: { alone: number; busy: number; computing: number }, cpus: number): number {
  const bounds = [(1_000 * probe.connections) / alone, 1_000 / busy, (1_000 * cpus) / computing, 1_000 / probe.besideMs]
  const possible = Math.min(...bounds.filter((bound) => bound > 0))
  if (probe.perSecond === 0 || probe.idle < leftOver || probe.perSecond > isHeldUp * possible) return 0
  return Math.min(1_000 / probe.perSecond, Math.max(0, alone - busy))
}

function spreadOf(all: readonly number[], typical: number): number[] {
  // One of a hundred is as often the machine's doing as the route's, and of few samples it would be every fiftieth.
  const sorted = all.slice(0, all.length - Math.ceil(all.length / 100))
  if (sorted.length < 2 || typical <= 0) return []
  const points = Math.min(spreadPoints, sorted.length)
  return Array.from({ length: points }, (_, at) => sorted[Math.floor(((at + 0.5) * sorted.length) / points)]! / typical)
}
