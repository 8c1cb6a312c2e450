import { asText, type Table } from '../table.ts'

import type { Advice } from './advice.ts'
import { amount, memoryText, percentText, timeText } from '../figures.ts'

/** For a terminal. */
export function adviceText(advice: Advice): string {
  const { sentences, command, measured, tried, failures } = advice
  const parts = [
    demandTable(advice),
    throughputTable(advice),
    optionsTable(advice),
    sentences.map((sentence) => `- ${sentence}`).join('\n'),
    measured === undefined ? undefined : predictedBesideMeasured(advice),
    tried.length > 1 ? triedTable(advice) : undefined,
    failures.length > 0 ? failures.map((failure) => `It could not be tried out: ${failure}`).join('\n') : undefined,
    `Run it:\n  ${command}`,
  ]
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`
}

const demandTable = ({ findings }: Advice): string =>
  asText({
    title: 'What a request of each route asks for, in milliseconds',
    columns: [
      { name: 'route' },
      { name: 'share' },
      { name: 'computes', digits: 2 },
      { name: 'holds', digits: 2 },
      { name: 'waits', digits: 2 },
      { name: 'waits its turn', digits: 2 },
    ],
    lines: findings.routes.map((route) => [route.name, percentText(route.share), route.cpuMs, route.heldMs, route.waitMs, route.lockMs]),
  })

function throughputTable({ findings: { syncWorkers, loops } }: Advice): string | undefined {
  if (syncWorkers.length + loops.length === 0) return undefined
  const counts = [...new Set([...syncWorkers, ...loops].map(({ workers }) => workers))].sort((one, other) => one - other)
  const at = (measured: typeof loops, count: number): number => measured.find(({ workers }) => workers === count)?.perSecond ?? Number.NaN
  return asText({
    title: 'The most that so many of them answered, requests per second',
    columns: [
      { name: 'workers', digits: 0 },
      { name: 'sync', digits: 0 },
      { name: 'event loops', digits: 0 },
    ],
    lines: counts.map((count) => [count, at(syncWorkers, count), at(loops, count)]),
  })
}

/** So many are shown; the rest differ little from them. */
const shown = 12

const optionsTable = ({ recommendation: { options, goal, setup } }: Advice): string => {
  const sorted = [...options].sort((one, other) => one.predicted.p99Ms - other.predicted.p99Ms || one.memoryBytes - other.memoryBytes)
  const seen = sorted.filter((option, at) => at < shown || option.setup === setup)
  const table: Table = {
    title: `What is predicted at ${amount(goal.rate)} requests a second`,
    columns: [{ name: '' }, { name: 'cluster' }, { name: 'p99' }, { name: 'at most, per second' }, { name: 'memory' }],
    lines: seen.map((option) => [
      option.setup === setup ? '→' : '',
      option.title,
      timeText(option.predicted.p99Ms),
      amount(option.ceiling.perSecond),
      memoryText(option.memoryBytes),
    ]),
  }
  return asText(table)
}

function predictedBesideMeasured({ recommendation: { predicted }, measured, workload }: Advice): string {
  const { routes, p50Ms, p99Ms, throughput } = measured!
  return asText({
    title: 'The recommendation, predicted and measured',
    columns: [{ name: '' }, { name: 'predicted' }, { name: 'measured' }],
    lines: [
      ['answers per second', amount(predicted.perSecond), amount(throughput)],
      ['p50', timeText(predicted.p50Ms), timeText(p50Ms)],
      ['p99', timeText(predicted.p99Ms), timeText(p99Ms)],
      ...(routes.length < 2
        ? []
        : routes.map((route, at) => [`p99 of ${workload.routes[at]!.path}`, timeText(predicted.routes[at]!.p99Ms), timeText(route.p99Ms)])),
    ],
  })
}

const triedTable = ({ tried, recommendation }: Advice): string =>
  asText({
    title: 'What was run, for comparison',
    columns: [{ name: '' }, { name: 'cluster' }, { name: 'p99 predicted' }, { name: 'measured' }, { name: 'kept up' }, { name: 'memory' }],
    lines: tried.map(({ option, measured }) => [
      option.title === recommendation.title ? '→' : '',
      option.title,
      timeText(option.predicted.p99Ms),
      timeText(measured.p99Ms),
      measured.saturated ? 'no' : 'yes',
      memoryText(option.memoryBytes),
    ]),
  })
