import { workersFor } from './erlang.ts'
import { isBlocking, type Machine } from './layout.ts'
import { aloneMs, meanOf, type RouteDemand, variationOf } from './route-demand.ts'
import { loopSetup, type Setup, syncSetup } from './setup.ts'

/** What a workload is to be answered at. */
export interface Goal {
  /** Requests per second. */
  readonly rate: number
  /** What 99 of 100 responses shall stay below; undefined asks for the best. */
  readonly p99Ms?: number | undefined
}

/** More workers than this for each CPU take longer to start, and to be switched between, than they help. */
const mostPerCpu = 64
/** No cluster may have more. */
const mostWorkers = 1_024

/** Share of a second that nobody notices, and of the requests that may wait for longer. */
const unnoticed = { waitMs: 1, share: 0.01 }

/** Every cluster that could be the answer, from the least workers that can keep up to those of which hardly one request finds none free. */
export function candidates(routes: readonly RouteDemand[], { cpus }: Machine, { rate }: Goal, memoryWorkers: number): Setup[] {
  const blocking = routes.filter(isBlocking)
  const most = Math.max(1, Math.min(mostPerCpu * cpus, mostWorkers, memoryWorkers))
  const loops = loopCounts(Math.min(cpus, most))
  const setups = loops.map((count) => loopSetup(count))
  setups.push(...counts(routes, rate, aloneMs, most).map((workers) => syncSetup(workers, cpus)))
  // Where every route blocks, a pool beside loops is sync workers beside nothing.
  if (blocking.length > 0 && blocking.length < routes.length) {
    for (const workers of counts(blocking, rate, aloneMs, most)) {
      for (const count of loops) if (count + workers <= most) setups.push(loopSetup(count, workers))
    }
  }
  return setups
}

/** Up to so many loops: each number as long as they are few, then in steps that matter. */
function loopCounts(most: number): number[] {
  const all = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128].filter((count) => count < most)
  return [...all, most]
}

/** Numbers of workers worth trying, for requests that each have one for so long: the fewest, the most, and some between. */
function counts(routes: readonly RouteDemand[], rate: number, taken: (route: RouteDemand) => number, most: number): number[] {
  const share = meanOf(routes, () => 1)
  const station = {
    rate: (rate * share) / 1_000,
    serviceMs: meanOf(routes, taken) / share,
    serviceScv: variationOf(
      routes.map((route) => ({ ...route, share: route.share / share })),
      taken,
    ),
    arrivalScv: 1,
  }
  const fewest = Math.max(1, Math.ceil(station.rate * station.serviceMs))
  if (fewest > most) return []
  const enough = workersFor(station, unnoticed, most)
  const steps = 6
  const between = Array.from({ length: steps + 1 }, (_, step) => Math.round(fewest * (enough / fewest) ** (step / steps)))
  return [...new Set(between.map((count) => Math.max(fewest, count)))]
}
