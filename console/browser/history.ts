import type { ClusterHistory } from '../../core/status.ts'
import type { Sample } from './samples.ts'

type Numbers = readonly (number | null)[]

// Within this, clocks agree as well as two samples of one second can.
const sameClockMs = 3_000

/**
 * What the supervisor remembers, as the samples that the charts draw. Names: see samplesOf in cluster-view.ts.
 * @param seen when the browser saw its latest status. Its clock may be another machine's: the past is moved to it.
 */
export function historySamples({ at, loops, balancers }: ClusterHistory, seen?: number): Sample[] {
  const ahead = seen === undefined ? 0 : (at.at(-1) ?? seen) - seen
  const shift = Math.abs(ahead) > sameClockMs ? ahead : 0
  const perLoop = Object.entries(loops)
  const perBalancer = Object.values(balancers)
  return at.map((time, index) => {
    const values = new Map<string, number>()
    const put = (name: string, value: number | null | undefined): void =>
      void (value !== null && value !== undefined && values.set(name, value))
    const sum = (series: readonly (Numbers | undefined)[], of: (numbers: Numbers, index: number) => number | null): number | null => {
      const known = series.flatMap((numbers) => (numbers === undefined ? [] : (of(numbers, index) ?? [])))
      return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
    }
    const seconds = index === 0 ? 0 : (time - at[index - 1]!) / 1_000
    const growth = (numbers: Numbers, index: number): number | null => perSecond(numbers[index - 1], numbers[index], seconds)
    for (const [id, series] of perLoop) {
      for (const name of ['utilization', 'delayP99Ms', 'rssBytes'] as const) put(`${name}/${id}`, series[name]?.[index])
    }
    put(
      'requests',
      sum(
        perBalancer.map((each) => each.requests),
        growth,
      ),
    )
    put(
      'shed',
      sum(
        perBalancer.map((each) => each.shed),
        growth,
      ),
    )
    put(
      'queued',
      sum(
        perBalancer.map((each) => each.queued),
        valueAt,
      ),
    )
    put(
      'inFlight',
      sum(
        perLoop.map(([, each]) => each.inFlight),
        valueAt,
      ),
    )
    return { at: time - shift, values }
  })
}

const valueAt = (numbers: Numbers, index: number): number | null => numbers[index] ?? null

/** A counter that fell began anew with its process. */
function perSecond(before: number | null | undefined, now: number | null | undefined, seconds: number): number | null {
  if (typeof before !== 'number' || typeof now !== 'number' || seconds <= 0) return null
  return (now >= before ? now - before : now) / seconds
}
