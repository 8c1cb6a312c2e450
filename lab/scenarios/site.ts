import { Cluster } from '../cluster.ts'
import { Latencies } from '../latencies.ts'
import { lightWorkMs } from '../mixed-traffic.ts'
import type { ModelRequest, Route } from '../model-request.ts'
import { blockingRoute, lightRoute } from '../routes.ts'
import { finding, type Answer, type Finding, type Scenario } from '../scenario.ts'

const loops = 32
const balancers = 2
/** A day passes in ten minutes. */
const hourMs = 25_000
const hours = 24
const busiest = 3_000
const waitMs = 5
const reportMs = 50
const reportsBusiest = 60
const searches = 80
const brokenSearchMs = 40
const burst = 1.8
const burstMs = 3_000
const drainMs = 2_000
// As `blockLimit` is by default.
const hangMs = 30_000

const at = { deploy: 10, burst: 14, hang: 17, broken: 20, mended: 22 }

const events: Readonly<Record<number, string>> = {
  8: 'reports begin',
  [at.deploy]: 'deploy',
  [at.burst]: `three bursts × ${burst}`,
  [at.hang]: 'a loop hangs',
  [at.hang + 1]: 'it is replaced',
  18: 'reports end',
  [at.broken]: 'searches begin to block',
  [at.mended]: 'they are mended',
}

interface Hour {
  came: number
  readonly light: Latencies
  readonly blocking: Latencies
  lost: number
  refused: number
  least: number
  most: number
}

interface Day {
  readonly hours: readonly Hour[]
  /** From the first search that blocks until the first one that the balancer knows to block. */
  readonly foundMs: number
}

function live(brain: boolean, seed: number, tell: (text: string) => void): Day {
  const day = Array.from({ length: hours }, (): Hour => ({
    came: 0,
    light: new Latencies(),
    blocking: new Latencies(),
    lost: 0,
    refused: 0,
    least: loops,
    most: 0,
  }))
  let foundAt = Number.NaN
  const onEnd = (request: ModelRequest, end: 'answered' | 'failed' | 'shed', now: number): void => {
    const hour = day[Math.floor(request.dueAt / hourMs)]
    if (hour === undefined) return
    hour.came++
    if (end === 'failed') hour.lost++
    else if (end === 'shed') hour.refused++
    else (blocks(request) ? hour.blocking : hour.light).add(now - request.dueAt)
    if (Number.isNaN(foundAt) && request.route.path === '/search' && request.kind.blocking) foundAt = request.dueAt
  }
  const cluster = new Cluster({ loops, balancers, seed, settings: {}, brain, onEnd })
  const { time, rng } = cluster
  const share = (now: number): number => 0.25 + 0.375 * (1 - Math.cos((2 * Math.PI * (now / hourMs - 4)) / hours))
  cluster.begin({
    rateAt: (now) => busiest * share(now) * burstAt(now),
    most: busiest * burst,
    mix: [[lightRoute(rng, lightWorkMs, waitMs), 1]],
  })
  const reports = (now: number): number => (now >= 8 * hourMs && now < 18 * hourMs ? reportsBusiest * share(now) : 0)
  cluster.begin({ rateAt: reports, most: reportsBusiest, mix: [[blockingRoute(reportMs), 1]] })
  cluster.begin({ rateAt: () => searches, most: searches, mix: [[search(lightRoute(rng, lightWorkMs, waitMs)), 1]] })
  for (let loop = 0; loop < loops; loop++) time.later((at.deploy + loop / loops) * hourMs, () => cluster.replace(String(loop), drainMs))
  time.later((at.hang + 0.5) * hourMs, () => hang(cluster))
  for (let now = 0; now < hours * hourMs; now += 100) {
    if (now % hourMs === 0) tell(`${now / hourMs} o'clock`)
    time.run(now + 100)
    const hour = day[Math.floor(now / hourMs)]!
    const kept = cluster.loops.filter(({ claims }) => claims > 0).length
    hour.least = Math.min(hour.least, kept)
    hour.most = Math.max(hour.most, kept)
  }
  time.run(hours * hourMs + hangMs)
  return { hours: day, foundMs: foundAt - at.broken * hourMs }
}

const burstAt = (now: number): number => {
  const into = now - at.burst * hourMs
  return into >= 0 && into < hourMs && into % (hourMs / 3) < burstMs ? burst : 1
}

/** A light route until somebody breaks it, and again when it is mended. */
const search = (light: Route): Route => ({
  method: 'GET',
  path: '/search',
  draw: (now) =>
    now >= at.broken * hourMs && now < at.mended * hourMs ? { firstMs: brokenSearchMs, waitMs: 0, lastMs: 0 } : light.draw(now),
})

const blocks = ({ work }: ModelRequest): boolean => work.waitMs === 0

/** A request comes that never ends; after the limit its process is replaced. */
function hang(cluster: Cluster): void {
  cluster.send({ method: 'GET', path: '/hang', draw: () => ({ firstMs: Number.POSITIVE_INFINITY, waitMs: 0, lastMs: 0 }) })
  cluster.time.later(hangMs, () => {
    const hung = cluster.loops.find(({ turnEnds }) => turnEnds === Number.POSITIVE_INFINITY)!
    cluster.replace(hung.id, 0)
  })
}

function run(seed: number, tell: (text: string) => void): Answer {
  const without = live(false, seed, tell)
  const day = live(true, seed, tell)
  return {
    tables: [
      {
        title: 'Response times in milliseconds, hour by hour',
        columns: [
          { name: 'hour', digits: 0 },
          { name: 'what happens' },
          { name: 'requests/s', digits: 0 },
          { name: 'light p50', digits: 1 },
          { name: 'p99', digits: 1 },
          { name: 'p99.9', digits: 1 },
          { name: 'blocking p99', digits: 1 },
          { name: 'loops kept' },
          { name: 'lost', digits: 0 },
          { name: 'refused', digits: 0 },
          { name: 'light p99 without', digits: 1 },
          { name: 'blocking p99 without', digits: 1 },
          { name: 'lost without', digits: 0 },
        ],
        lines: day.hours.map(({ came, light, blocking, least, most, lost, refused }, hour) => [
          hour,
          events[hour] ?? '',
          came / (hourMs / 1_000),
          light.quantile(0.5),
          light.quantile(0.99),
          light.quantile(0.999),
          blocking.quantile(0.99),
          least === most ? String(most) : `${least} to ${most}`,
          lost,
          refused,
          without.hours[hour]!.light.quantile(0.99),
          without.hours[hour]!.blocking.quantile(0.99),
          without.hours[hour]!.lost,
        ]),
      },
    ],
    findings: findings(day, without),
  }
}

function findings(day: Day, without: Day): Finding[] {
  const worstOf = ({ hours }: Day): number => Math.max(...hours.map(({ light }) => light.quantile(0.99)))
  const calm = day.hours[0]!.light.quantile(0.99)
  const worst = worstOf(day) / calm
  const deployed = day.hours[at.deploy]!
  const lost = day.hours.reduce((sum, hour) => sum + hour.lost, 0)
  const after = day.hours.at(-1)!
  return [
    finding(
      worst <= 2,
      `Over a whole day the p99 of light requests stays within × ${worst.toFixed(1)} of that of a quiet hour (without: × ${(worstOf(without) / calm).toFixed(1)}).`,
      `In the worst hour of a day the p99 of light requests is × ${worst.toFixed(1)} that of a quiet hour (without: × ${(worstOf(without) / calm).toFixed(1)}).`,
    ),
    finding(
      deployed.lost + deployed.refused === 0,
      'A rolling deploy loses and refuses nothing.',
      `A rolling deploy loses ${deployed.lost} and refuses ${deployed.refused} requests.`,
    ),
    finding(
      lost <= 10,
      `A loop that hangs for ${hangMs / 1_000} s costs the requests that it had already begun: ${lost}.`,
      `A loop that hangs for ${hangMs / 1_000} s costs ${lost} requests.`,
    ),
    finding(
      day.foundMs <= 2_000,
      `A route that begins to block is found after ${(day.foundMs / 1_000).toFixed(1)} s.`,
      Number.isNaN(day.foundMs)
        ? 'A route that begins to block is not found.'
        : `A route that begins to block is found after ${(day.foundMs / 1_000).toFixed(1)} s.`,
    ),
    finding(
      after.least === 0,
      'When nothing blocks any more no loop is kept apart.',
      `When nothing blocks any more at least ${after.least} loops are still kept apart.`,
    ),
  ]
}

export const site: Scenario = {
  name: 'site',
  question: 'What does a day of a whole site look like?',
  model: `${loops} loops behind ${balancers} balancers, a day in ten minutes: light requests by the hour, ${busiest} a second at the busiest; reports that block for ${reportMs} ms in working hours; ${searches} searches a second. A fresh process is slow at first. "Without" is the same day without silence, isolation, limits and slow start.`,
  run,
}
