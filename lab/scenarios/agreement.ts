import { Cluster } from '../cluster.ts'
import { declared } from '../mixed-traffic.ts'
import { blockingRoute, lightRoute } from '../routes.ts'
import { finding, type Answer, type Finding, type Scenario } from '../scenario.ts'

const loops = 1_000
const balancerCounts = [2, 8, 32, 128]
// Few requests that are long: what is asked for here is the split, not the tail.
const holdMs = 200
const rate = 1_000
const blockingShare = 0.5
const lightMs = 2
/** Event loops that the blocking route keeps busy. */
const work = (rate * blockingShare * holdMs) / 1_000
const runMs = 20_000
const settledMs = 8_000
const lookMs = 20

interface Row {
  readonly balancers: number
  /** When they first agreed. */
  readonly firstMs: number
  /** The share of time in which they did not, once settled. */
  readonly differing: number
  /** Loops kept by anybody, once settled: fewest and most. */
  readonly least: number
  readonly most: number
  /** By how many loops that exceeds what the one that keeps most keeps by itself. */
  readonly excess: number
  /** How often one balancer changes its mind about one or more loops, in a minute. */
  readonly changes: number
}

function measure(balancers: number, seed: number): Row {
  const cluster = new Cluster({ loops, balancers, seed, settings: { routes: declared }, brain: true, onEnd: () => undefined })
  cluster.begin({
    rateAt: () => rate,
    most: rate,
    mix: [
      [blockingRoute(holdMs), blockingShare],
      [lightRoute(cluster.rng, lightMs, 0), 1 - blockingShare],
    ],
  })
  let firstMs = Number.NaN
  let looks = 0
  let differing = 0
  let least = Number.POSITIVE_INFINITY
  let most = 0
  let excess = 0
  let changes = 0
  let before: readonly number[] = []
  for (let now = lookMs; now <= runMs; now += lookMs) {
    cluster.time.run(now)
    const own = cluster.balancers.map(({ endpoints }) => endpoints.all.filter(({ claimed }) => claimed).length)
    const union = cluster.loops.filter(({ claims }) => claims > 0).length
    const agree = cluster.loops.every(({ claims }) => claims === 0 || claims === balancers)
    if (agree && union > 0 && Number.isNaN(firstMs)) firstMs = now
    if (now > settledMs) {
      looks++
      if (!agree) differing++
      least = Math.min(least, union)
      most = Math.max(most, union)
      excess = Math.max(excess, union - Math.max(...own))
      changes += own.filter((count, at) => count !== before[at]).length
    }
    before = own
  }
  const minutes = (runMs - settledMs) / 60_000
  return { balancers, firstMs, differing: differing / looks, least, most, excess, changes: changes / balancers / minutes }
}

function run(seed: number, tell: (text: string) => void): Answer {
  const rows = balancerCounts.map((balancers) => {
    tell(`${balancers} balancers`)
    return measure(balancers, seed)
  })
  return {
    tables: [
      {
        title: `Loops kept for a route whose work is that of ${work.toFixed(0)} loops`,
        columns: [
          { name: 'balancers', digits: 0 },
          { name: 'first agreed, s', digits: 2 },
          { name: 'time in which they differ, %', digits: 1 },
          { name: 'kept by anybody, least', digits: 0 },
          { name: 'most', digits: 0 },
          { name: 'more than anyone keeps', digits: 0 },
          { name: 'changes a minute, each', digits: 1 },
        ],
        lines: rows.map((row) => [row.balancers, row.firstMs / 1_000, row.differing * 100, row.least, row.most, row.excess, row.changes]),
      },
    ],
    findings: findings(rows),
  }
}

function findings(rows: readonly Row[]): Finding[] {
  const last = rows.at(-1)!
  const differing = Math.max(...rows.map((row) => row.differing))
  const excess = Math.max(...rows.map((row) => row.excess / row.most))
  const swing = Math.max(...rows.map(({ most, least }) => (most - least) / most))
  const many = `${last.balancers} balancers over ${loops} loops`
  return [
    finding(
      differing <= 0.1,
      `Without a leader the balancers agree on the split: up to ${many} they differ in ${percent(differing)} of the time.`,
      `Without a leader the balancers differ on the split often: up to ${many} in ${percent(differing)} of the time.`,
    ),
    finding(
      excess <= 0.1,
      `Where they differ it costs little: at most ${percent(excess)} of the loops kept are kept by some and not by others.`,
      `Where they differ it costs: up to ${percent(excess)} of the loops kept are kept by some and not by others.`,
    ),
    finding(
      swing <= 0.1,
      `The split does not flap under a steady load: it stays within ${percent(swing)} of its largest.`,
      `The split flaps under a steady load: it falls by up to ${percent(swing)} of its largest.`,
    ),
  ]
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

export const agreement: Scenario = {
  name: 'agreement',
  question: 'Do many balancers agree on the split, and does it flap?',
  model: `${loops} loops. ${rate} requests a second, half of them on a declared route that holds its loop for ${holdMs} ms; ${runMs / 1_000} s, of which the first ${settledMs / 1_000} are left out but for the time of the first agreement. Each balancer looks at its split every 100 ms, at a moment of its own.`,
  run,
}
