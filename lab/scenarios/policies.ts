import type { PolicyName } from '../../config/schema.ts'
import { Cluster } from '../cluster.ts'
import { Latencies } from '../latencies.ts'
import { mixedTraffic } from '../mixed-traffic.ts'
import { finding, type Answer, type Scenario } from '../scenario.ts'

const policies: readonly PolicyName[] = ['least-request', 'p2c', 'peak-ewma', 'round-robin']
const sizes = [4, 16, 64, 256, 1_000]
const requests = 40_000

interface Row {
  readonly loops: number
  readonly policy: PolicyName
  readonly brain: boolean
  readonly light: Latencies
  readonly blocking: Latencies
  readonly kept: number
}

/** @param warmMs nothing is counted before: the loops fill, and the balancer learns */
function measure(loops: number, policy: PolicyName, brain: boolean, seed: number): Row {
  const light = new Latencies()
  const blocking = new Latencies()
  const warmMs = 1_500
  const cluster = new Cluster({
    loops,
    balancers: 1,
    seed,
    settings: { policy },
    brain,
    onEnd: ({ dueAt, route }, end, now) => {
      if (dueAt >= warmMs && end === 'answered') (route.path === '/report' ? blocking : light).add(now - dueAt)
    },
  })
  const traffic = mixedTraffic(loops, cluster.rng)
  cluster.begin(traffic)
  cluster.time.run(warmMs + (requests / traffic.most) * 1_000)
  return { loops, policy, brain, light, blocking, kept: cluster.loops.filter(({ claims }) => claims > 0).length }
}

function run(seed: number, tell: (text: string) => void): Answer {
  const rows: Row[] = []
  for (const loops of sizes) {
    for (const policy of policies) {
      for (const brain of [false, true]) {
        tell(`${loops} loops, ${policy}`)
        rows.push(measure(loops, policy, brain, seed))
      }
    }
  }
  const find = (loops: number, policy: PolicyName, brain: boolean): Row =>
    rows.find((row) => row.loops === loops && row.policy === policy && row.brain === brain)!
  const [few, many] = [sizes[0]!, sizes.at(-1)!]
  const tail = (loops: number, brain: boolean): number => find(loops, 'least-request', brain).light.quantile(0.99)
  const gain = tail(many, false) / tail(many, true)
  const growth = tail(many, true) / tail(few, true)
  const worst = Math.max(...policies.map((policy) => find(many, policy, true).light.quantile(0.99))) / tail(many, true)
  const cost = find(many, 'least-request', true).blocking.quantile(0.99) / find(many, 'least-request', false).blocking.quantile(0.99)
  return {
    tables: [
      {
        title: 'Response times in milliseconds, by policy and number of loops',
        columns: [
          { name: 'loops', digits: 0 },
          { name: 'policy' },
          { name: 'kept apart' },
          { name: 'light p50', digits: 1 },
          { name: 'p99', digits: 1 },
          { name: 'p99.9', digits: 1 },
          { name: 'blocking p50', digits: 1 },
          { name: 'p99', digits: 1 },
          { name: 'p99.9', digits: 1 },
        ],
        lines: rows.map(({ loops, policy, brain, light, blocking, kept }) => [
          loops,
          policy,
          brain ? `${kept} loops` : 'no',
          ...[light, blocking].flatMap((times) => [0.5, 0.99, 0.999].map((share) => times.quantile(share))),
        ]),
      },
    ],
    findings: [
      finding(
        gain >= 1.5,
        `Keeping blocking routes apart pays at ${many} loops: the p99 of light requests is ${gain.toFixed(1)} times lower than without.`,
        `Keeping blocking routes apart pays little at ${many} loops: the p99 of light requests is only ${gain.toFixed(1)} times lower than without.`,
      ),
      finding(
        growth <= 1.1,
        `The p99 of light requests does not grow from ${few} to ${many} loops (× ${growth.toFixed(2)}).`,
        `The p99 of light requests grows from ${few} to ${many} loops (× ${growth.toFixed(2)}).`,
      ),
      finding(
        worst <= 1.5,
        `With one balancer and blocking routes kept apart the choice of policy matters little at ${many} loops: the worst p99 is ${worst.toFixed(1)} times that of least-request.`,
        `The choice of policy matters at ${many} loops: the worst p99 is ${worst.toFixed(1)} times that of least-request.`,
      ),
      finding(
        cost <= 1.5,
        `Blocking requests pay at most ${cost.toFixed(1)} times the p99 they have without being confined.`,
        `Blocking requests pay ${cost.toFixed(1)} times the p99 they have without being confined.`,
      ),
    ],
  }
}

export const policiesScenario: Scenario = {
  name: 'policies',
  question: 'How do the policies do as loops become more, and what does keeping blocking routes apart change?',
  model:
    'One balancer. Light requests work twice for 2 ms with a wait of 5 ms between (half to one and a half of each); three in a hundred requests hold their loop for 50 ms. Light requests load seven tenths of the loops that are left to them. Nothing is declared: what blocks is learned first.',
  run,
}
