import type { ModelResult, Workload } from './comparison.ts'
import { sharesOf } from './workload.ts'

/** What a workload asks of a server, as it shows at a rate at which nobody has to wait for another. */
export interface Nature {
  /** A request from its beginning to its end, the mean of the routes by their weights, in milliseconds. */
  readonly timeMs: number
  /** The part of it that a CPU works. */
  readonly cpuMs: number
  /** The part of it that an event loop is held without yielding, whether a CPU works meanwhile or not. */
  readonly holdMs: number
  /** Routes that hold an event loop for long, and which share of all requests they are. */
  readonly blocking: readonly { readonly name: string; readonly share: number; readonly holdMs: number }[]
}

/** A hold from which on others notice: the default of `isolation.threshold`. */
const longHoldMs = 10

/** From the first step of every model, where the least is what the request itself takes: all else is the model's. */
export function natureOf(models: readonly ModelResult[], { routes }: Workload): Nature {
  const first = models.flatMap(({ steps }) => steps.slice(0, 1))
  const shares = sharesOf(routes)
  const least = (values: readonly number[]): number => Math.min(...values.filter((value) => value > 0))
  const known = (value: number): number => (Number.isFinite(value) ? value : 0)
  const mean = (of: (index: number) => number): number => shares.reduce((all, share, index) => all + share * known(of(index)), 0)
  // In a model of one request at a time nobody else is held, but every model tells of holds.
  const holdOf = (index: number): number => known(least(models.map(({ holdsMs }) => holdsMs?.[index] ?? 0)))
  return {
    timeMs: mean((index) => least(first.map((step) => step.routes[index]?.p50Ms ?? 0))),
    // At a low rate, what a cluster does while nobody asks is shared by few: the busiest step tells best.
    cpuMs: known(least(models.flatMap(({ steps }) => steps.map(({ cpuUs, loopCpuUs }) => loopCpuUs ?? cpuUs)))) / 1_000,
    holdMs: mean(holdOf),
    blocking: routes.flatMap(({ method, path }, index) =>
      holdOf(index) < longHoldMs ? [] : [{ name: `${method} ${path}`, share: shares[index]!, holdMs: holdOf(index) }],
    ),
  }
}

/** What a workload is in a word: most of its time is computing, or waiting; or some of its routes block those beside them. */
export type Kind = 'computing' | 'blocking' | 'waiting' | 'between'

export function kindOf({ timeMs, cpuMs, blocking }: Nature): Kind {
  if (timeMs > 0 && cpuMs >= 0.5 * timeMs) return 'computing'
  if (blocking.length > 0) return 'blocking'
  return timeMs > 0 && cpuMs <= 0.2 * timeMs ? 'waiting' : 'between'
}
