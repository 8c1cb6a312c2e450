import { Value } from 'typebox/value'

import { Settings, type PolicyName } from '../../config/schema.ts'
import type { Decision } from '../../core/decision.ts'
import { systemClock } from '../../core/sources.ts'
import type { Brain } from '../../proxy/balancing/brain.ts'
import type { Claimant } from '../../proxy/balancing/claimant.ts'
import { ordinary, type RouteKind } from '../../proxy/balancing/route-kind.ts'
import type { Ticket } from '../../proxy/balancing/ticket.ts'
import { Cluster } from '../cluster.ts'
import { declared, mixedTraffic } from '../mixed-traffic.ts'
import { ModelBalancer } from '../model-balancer.ts'
import { ModelLoop } from '../model-loop.ts'
import { seededRng } from '../../load/seeded-rng.ts'
import { finding, type Answer, type Scenario } from '../scenario.ts'
import { VirtualTime } from '../virtual-time.ts'

const sizes = [4, 64, 1_000, 5_000]
const policies: readonly PolicyName[] = ['least-request', 'p2c', 'peak-ewma', 'round-robin']
// Long enough for the clock and for the compiler.
const measureMs = 80
const perLoop = 2
const keptShare = 0.25
const blockingShare = 0.03
const blockingKind: RouteKind = { name: 'GET /report', blocking: true, holdMs: 50, priority: 1 }

/** Takes what it gets. */
class Taker implements Claimant {
  readonly stickyKey = undefined
  readonly explains = false
  readonly avoid = undefined
  readonly priority = 1
  readonly kind: RouteKind
  decision: Decision | undefined = undefined
  waiter: Claimant['waiter'] = undefined
  ticket: Ticket | undefined = undefined

  constructor(kind: RouteKind) {
    this.kind = kind
  }

  granted(ticket: Ticket): void {
    this.ticket = ticket
  }

  refused(): void {}
}

function fill(loops: number, policy: PolicyName, seed: number): Brain {
  const time = new VirtualTime()
  const rng = seededRng(seed)
  const balancer = new ModelBalancer({ ...Value.Create(Settings), policy, routes: declared }, time, rng, true)
  const all = Array.from({ length: loops }, (_, id) => new ModelLoop(String(id), String(id), time, rng()))
  balancer.apply(all, new Set())
  return balancer
}

/** Nanoseconds of a choice and of its end, where each loop holds a few requests. */
function choiceNs(loops: number, policy: PolicyName, seed: number, blocking: boolean): number {
  const { balancer, endpoints } = fill(loops, policy, seed)
  const { all } = endpoints
  if (blocking) {
    for (const endpoint of all.slice(Math.floor(all.length * (1 - keptShare)))) endpoint.claimed = true
    endpoints.reopen()
  }
  const rng = seededRng(seed)
  const held = Array.from({ length: loops * perLoop }, () => new Taker(ordinary))
  for (const taker of held) balancer.claim(taker)
  let oldest = 0
  let count = 0
  const startedAt = systemClock.now()
  let spentMs = 0
  while (spentMs < measureMs) {
    for (let step = 0; step < 500; step++) {
      held[oldest]!.ticket?.settle('answered')
      const taker = new Taker(blocking && rng() < blockingShare ? blockingKind : ordinary)
      held[oldest] = taker
      balancer.claim(taker)
      oldest = oldest + 1 < held.length ? oldest + 1 : 0
    }
    count += 500
    spentMs = systemClock.now() - startedAt
  }
  return (spentMs * 1e6) / count
}

/** Microseconds of a look at the split. */
function reviewUs(loops: number, seed: number): number {
  const { isolation } = fill(loops, 'least-request', seed)
  let count = 0
  const startedAt = systemClock.now()
  let spentMs = 0
  while (spentMs < measureMs) {
    isolation.review()
    count++
    spentMs = systemClock.now() - startedAt
  }
  return (spentMs * 1_000) / count
}

function simulated(loops: number, seed: number): number {
  const cluster = new Cluster({ loops, balancers: 1, seed, settings: {}, brain: true, onEnd: () => undefined })
  cluster.begin(mixedTraffic(loops, cluster.rng))
  const startedAt = systemClock.now()
  cluster.time.run(100_000 / loops)
  return (cluster.time.passed / (systemClock.now() - startedAt)) * 1_000
}

function run(seed: number, tell: (text: string) => void): Answer {
  const rows = sizes.flatMap((loops) =>
    policies.map((policy) => {
      tell(`${loops} loops, ${policy}`)
      return { loops, policy, plain: choiceNs(loops, policy, seed, false), mixed: choiceNs(loops, policy, seed, true) }
    }),
  )
  const atScale = rows.filter(({ loops }) => loops === 1_000)
  const scan = atScale.find(({ policy }) => policy === 'least-request')!
  const drawn = atScale.find(({ policy }) => policy === 'p2c')!
  return {
    tables: [
      {
        title: 'A choice and its end, in nanoseconds, measured on this machine',
        columns: [
          { name: 'loops', digits: 0 },
          { name: 'policy' },
          { name: 'nothing blocks', digits: 0 },
          { name: 'blocking routes kept apart', digits: 0 },
        ],
        lines: rows.map(({ loops, policy, plain, mixed }) => [loops, policy, plain, mixed]),
      },
      {
        title: 'What else grows, measured on this machine',
        columns: [
          { name: 'loops', digits: 0 },
          { name: 'a look at the split, µs, ten times a second', digits: 1 },
          { name: 'simulated events a second', digits: 0 },
        ],
        lines: sizes.map((loops) => [loops, reviewUs(loops, seed), simulated(loops, seed)]),
      },
    ],
    findings: [
      finding(
        scan.plain <= 2_000,
        `On this machine a choice among 1000 loops costs little: least-request, which looks at each of them, takes ${(scan.plain / 1_000).toFixed(1)} µs, p2c ${(drawn.plain / 1_000).toFixed(1)} µs.`,
        `On this machine least-request, which looks at each of 1000 loops, takes ${(scan.plain / 1_000).toFixed(1)} µs for a choice; p2c takes ${(drawn.plain / 1_000).toFixed(1)} µs.`,
      ),
      finding(
        scan.mixed <= 2 * scan.plain,
        `Keeping blocking routes apart does not double what a choice costs at 1000 loops (× ${(scan.mixed / scan.plain).toFixed(1)}).`,
        `Keeping blocking routes apart makes a choice at 1000 loops cost × ${(scan.mixed / scan.plain).toFixed(1)}.`,
      ),
    ],
  }
}

export const cost: Scenario = {
  name: 'cost',
  question: 'What does a choice cost as loops become more?',
  model: `One balancer whose loops hold ${perLoop} requests each. Where blocking routes are kept apart, a quarter of the loops is kept and three in a hundred requests block.`,
  timed: true,
  run,
}
