import type { PolicyName } from '../../config/schema.ts'
import { Cluster } from '../cluster.ts'
import { Latencies } from '../latencies.ts'
import { declared, mixedTraffic } from '../mixed-traffic.ts'
import { finding, type Answer, type Finding, type Scenario } from '../scenario.ts'
import type { Table } from '../table.ts'

const loops = 1_000
const balancerCounts = [1, 8, 128]
const policies: readonly PolicyName[] = ['least-request', 'p2c', 'peak-ewma', 'round-robin']
const requests = 12_000
const warmMs = 1_000
// Those that are counted are waited for so long: else only the quick ones would count.
const tailMs = 400
// Fewer and longer requests: what differs between views is the same, and is seen after fewer of them.
const slowness = 3

interface Row {
  readonly balancers: number
  readonly policy: PolicyName
  readonly light: Latencies
  readonly blocking: Latencies
}

function measure(balancers: number, policy: PolicyName, seed: number): Row {
  const light = new Latencies()
  const blocking = new Latencies()
  let until = 0
  const cluster = new Cluster({
    loops,
    balancers,
    seed,
    settings: { policy, routes: declared },
    brain: true,
    onEnd: ({ dueAt, kind }, end, now) => {
      if (dueAt >= warmMs && dueAt < until && end === 'answered') (kind.blocking ? blocking : light).add(now - dueAt)
    },
  })
  const traffic = mixedTraffic(loops, cluster.rng, slowness)
  until = warmMs + (requests / traffic.most) * 1_000
  cluster.begin(traffic)
  cluster.time.run(until + tailMs)
  return { balancers, policy, light, blocking }
}

function run(seed: number, tell: (text: string) => void): Answer {
  const rows: Row[] = []
  for (const balancers of balancerCounts) {
    for (const policy of policies) {
      tell(`${balancers} balancers, ${policy}`)
      rows.push(measure(balancers, policy, seed))
    }
  }
  const most = balancerCounts.at(-1)!
  const p99 = (balancers: number, policy: PolicyName): number =>
    rows.find((row) => row.balancers === balancers && row.policy === policy)!.light.quantile(0.99)
  return { tables: [table(rows)], findings: [stays(p99, most), best(p99, most)] }
}

type P99 = (balancers: number, policy: PolicyName) => number

function stays(p99: P99, most: number): Finding {
  const growth = p99(most, 'least-request') / p99(1, 'least-request')
  const figures = `from 1 to ${most} balancers over ${loops} loops the p99 of light requests grows × ${growth.toFixed(2)}`
  return finding(
    growth <= 1.25,
    `Least-request stands many balancers that see only their own requests: ${figures}.`,
    `Least-request suffers where many balancers see only their own requests: ${figures}.`,
  )
}

function best(p99: P99, most: number): Finding {
  const [first, second] = policies.map((policy) => ({ policy, ms: p99(most, policy) })).sort((a, b) => a.ms - b.ms)
  const isFirst = p99(most, 'least-request') <= first!.ms * 1.05
  return finding(
    isFirst,
    `Least-request is still the best choice with ${most} balancers, or within a twentieth of it (${first!.policy}: ${first!.ms.toFixed(1)} ms, ${second!.policy}: ${second!.ms.toFixed(1)} ms).`,
    `With ${most} balancers ${first!.policy} does better than least-request: a p99 of ${first!.ms.toFixed(1)} ms against ${p99(most, 'least-request').toFixed(1)} ms.`,
  )
}

const table = (rows: readonly Row[]): Table => ({
  title: `Response times in milliseconds over ${loops} loops, by number of balancers and policy`,
  columns: [
    { name: 'balancers', digits: 0 },
    { name: 'policy' },
    { name: 'light p50', digits: 1 },
    { name: 'p99', digits: 1 },
    { name: 'p99.9', digits: 1 },
    { name: 'blocking p50', digits: 1 },
    { name: 'p99', digits: 1 },
  ],
  lines: rows.map(({ balancers, policy, light, blocking }) => [
    balancers,
    policy,
    ...[0.5, 0.99, 0.999].map((share) => light.quantile(share)),
    ...[0.5, 0.99].map((share) => blocking.quantile(share)),
  ]),
})

export const views: Scenario = {
  name: 'views',
  question: 'What do many balancers do that each see only their own requests?',
  model: `The same traffic over ${loops} loops, but all takes ${slowness} times as long (light requests 27 ms where nobody is in the way, blocking ones 150 ms), and the blocking route is declared. Each request comes to a balancer drawn at random; a balancer knows its own requests, silence, the routes that loops tell of, and whether another balancer keeps a loop for blocking routes.`,
  run,
}
