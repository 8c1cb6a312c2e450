import { Cluster } from '../cluster.ts'
import { Latencies } from '../latencies.ts'
import { lightWorkMs } from '../mixed-traffic.ts'
import { lightRoute } from '../routes.ts'
import { finding, type Answer, type Finding, type Scenario } from '../scenario.ts'

const waitMs = 5
const times = 3
const calm = 0.5
const beforeMs = 1_000
const afterMs = 2_000
const windowMs = 100
// A client has gone by then: an answer that comes later is work for nothing.
const usefulMs = 1_000

interface Case {
  readonly loops: number
  readonly balancers: number
  /** How long the overload lasts. */
  readonly forMs: number
}

const cases: readonly Case[] = [
  { loops: 4, balancers: 1, forMs: 10_000 },
  { loops: 4, balancers: 4, forMs: 10_000 },
  { loops: 64, balancers: 1, forMs: 3_000 },
  { loops: 64, balancers: 8, forMs: 3_000 },
  { loops: 256, balancers: 8, forMs: 1_500 },
]

interface Row extends Case {
  readonly brain: boolean
  /** Useful answers in the overload, as a share of what the loops can do. */
  readonly goodput: number
  readonly admitted: Latencies
  readonly refused: number
  /** From the end of the overload until requests that come are answered as fast as before it; Infinity where that was not seen. */
  readonly recoveryMs: number
}

function measure(which: Case, brain: boolean, seed: number): Row {
  const { loops, balancers, forMs } = which
  const capacity = (loops * 1_000) / lightWorkMs
  const endsAt = beforeMs + forMs
  const before = new Latencies()
  const admitted = new Latencies()
  const windows = Array.from({ length: afterMs / windowMs }, () => new Latencies())
  let useful = 0
  let refused = 0
  let came = 0
  const isDuring = (at: number): boolean => at >= beforeMs && at < endsAt
  const cluster = new Cluster({
    loops,
    balancers,
    seed,
    settings: {},
    brain,
    onEnd: ({ dueAt }, end, now) => {
      if (isDuring(dueAt)) came++
      if (end === 'answered' && isDuring(now) && now - dueAt <= usefulMs) useful++
      if (end !== 'answered' && isDuring(dueAt)) refused++
      // A request refused after the end has not been served as before: it counts as slower than any.
      const ms = end === 'answered' ? now - dueAt : Number.POSITIVE_INFINITY
      if (dueAt < beforeMs) before.add(ms)
      else if (dueAt >= endsAt) windows[Math.floor((dueAt - endsAt) / windowMs)]?.add(ms)
      else if (end === 'answered') admitted.add(ms)
    },
  })
  cluster.begin({
    rateAt: (now) => capacity * (isDuring(now) ? times : calm),
    most: capacity * times,
    mix: [[lightRoute(cluster.rng, lightWorkMs, waitMs), 1]],
  })
  cluster.time.run(endsAt + afterMs)
  // From the last window on that is not calm.
  const bad = windows.findLastIndex((window) => !(window.quantile(0.9) <= 2 * before.quantile(0.99)))
  return {
    ...which,
    brain,
    goodput: useful / ((capacity * forMs) / 1_000),
    admitted,
    refused: refused / came,
    recoveryMs: bad === windows.length - 1 ? Number.POSITIVE_INFINITY : (bad + 1) * windowMs,
  }
}

function run(seed: number, tell: (text: string) => void): Answer {
  const rows = cases.flatMap((each) =>
    [false, true].map((brain) => {
      tell(`${each.loops} loops, ${each.balancers} balancers`)
      return measure(each, brain, seed)
    }),
  )
  return {
    tables: [
      {
        title: `${times} times what the loops can do`,
        columns: [
          { name: 'loops', digits: 0 },
          { name: 'balancers', digits: 0 },
          { name: 'limits' },
          { name: 'for, s', digits: 0 },
          { name: 'useful answers, % of capacity', digits: 1 },
          { name: 'admitted p50, ms', digits: 0 },
          { name: 'p99', digits: 0 },
          { name: 'refused or late, %', digits: 0 },
          { name: 'recovered after, s', digits: 1 },
        ],
        lines: rows.map(({ loops, balancers, brain, forMs, goodput, admitted, refused, recoveryMs }) => [
          loops,
          balancers,
          brain ? 'yes' : 'no',
          forMs / 1_000,
          goodput * 100,
          admitted.quantile(0.5),
          admitted.quantile(0.99),
          refused * 100,
          recoveryMs / 1_000,
        ]),
      },
    ],
    findings: rows.filter(({ brain }) => brain).map(judge),
  }
}

function judge({ loops, balancers, goodput, admitted, recoveryMs }: Row): Finding {
  const p99 = admitted.quantile(0.99)
  const who = `${loops} loops behind ${balancers === 1 ? 'one balancer' : `${balancers} balancers`}`
  const figures = `${(goodput * 100).toFixed(0)} % of capacity is answered in time, admitted requests have a p99 of ${p99.toFixed(0)} ms, and ${
    Number.isFinite(recoveryMs)
      ? `all is as before ${(recoveryMs / 1_000).toFixed(1)} s after the end`
      : 'it had not recovered when the run ended'
  }`
  return finding(
    goodput >= 0.9 && p99 <= usefulMs && recoveryMs <= 1_000,
    `Overload does not bring down ${who}: ${figures}.`,
    `Overload harms ${who}: ${figures}.`,
  )
}

export const overload: Scenario = {
  name: 'overload',
  question: 'What is left of the service at three times its capacity?',
  model: `Light requests only, ${lightWorkMs} ms of work and ${waitMs} ms of waiting each. Half of capacity, then three times of it, then half again. An answer counts as useful within ${usefulMs} ms.`,
  run,
}
