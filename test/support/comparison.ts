import { modelNames, type Comparison, type ModelName, type ModelResult, type Step } from '../../lab/compare/comparison.ts'

export interface Made {
  readonly models?: readonly ModelName[]
  readonly rates?: readonly number[]
}

/** What each model might be like, for pages that want figures: requests/s it keeps up, ms without load, and how it wears. */
const natures: Record<
  ModelName,
  { title: string; workers: number; capacity: number; ms: number; cpuUs: number; mb: number; waits: number; cuts: number }
> = {
  'sync-processes': { title: 'sync, 8 processes', workers: 8, capacity: 620, ms: 11.4, cpuUs: 940, mb: 412, waits: 3.1, cuts: 0.42 },
  'sync-threads': { title: 'sync, 8 threads', workers: 8, capacity: 600, ms: 11.9, cpuUs: 980, mb: 196, waits: 3.6, cuts: 0.55 },
  'sync-both': {
    title: 'sync, 4 processes with 2 threads each',
    workers: 8,
    capacity: 612,
    ms: 11.6,
    cpuUs: 955,
    mb: 268,
    waits: 3.3,
    cuts: 0.47,
  },
  async: { title: 'async, 1 loop', workers: 1, capacity: 1_050, ms: 10.8, cpuUs: 610, mb: 92, waits: 0.9, cuts: 0.11 },
  hybrid: { title: 'hybrid, 2 loops', workers: 2, capacity: 1_900, ms: 10.7, cpuUs: 640, mb: 150, waits: 1.1, cuts: 0.16 },
  'hybrid-isolation': {
    title: 'hybrid with isolation, 2 loops',
    workers: 2,
    capacity: 2_050,
    ms: 10.7,
    cpuUs: 642,
    mb: 151,
    waits: 1.1,
    cuts: 0.15,
  },
  'hybrid-pool': {
    title: 'hybrid, 2 loops and 6 sync threads',
    workers: 8,
    capacity: 2_240,
    ms: 10.9,
    cpuUs: 668,
    mb: 208,
    waits: 1.5,
    cuts: 0.21,
  },
}

/** A comparison with made-up figures that look like measured ones, the same each time. */
export function comparison({ models = modelNames, rates = [200, 400, 800, 1_200, 1_800, 2_400] }: Made = {}): Comparison {
  const results = models.map((model) => resultOf(model, rates))
  const [best] = results.toSorted((a, b) => b.capacity - a.capacity)
  return {
    version: '0.5.0',
    startedAt: '2026-11-23T08:15:00.000Z',
    machine: { cpus: 2, memoryBytes: 8 * 2 ** 30, node: 'v24.11.0', system: 'Linux 6.12 x64' },
    app: 'demo',
    workload: {
      name: 'mixed',
      routes: [
        { method: 'GET', path: '/io?ms=10', weight: 9 },
        { method: 'GET', path: '/block?ms=50', weight: 1 },
      ],
    },
    budget: { by: 'workers', workers: 8 },
    stepSeconds: 10,
    rates,
    models: results,
    verdict: {
      best: best?.model ?? 'hybrid',
      sentences: [
        `${best?.title} fits this workload: it keeps up ${best?.capacity} requests per second, 9 % more than hybrid with isolation and 3.6 times as much as sync with 8 processes.`,
        'Most of a request here is waiting. A synchronous worker waits with its request and does nothing else meanwhile; a loop goes on with others.',
        'One request in ten holds its worker for 50 ms. The pool takes those, so that the loops stay free for the rest.',
      ],
      ranking: results.toSorted((a, b) => b.capacity - a.capacity).map(({ model }) => [model]),
    },
  }
}

function resultOf(model: ModelName, rates: readonly number[]): ModelResult {
  const { title, workers, capacity } = natures[model]
  // Beyond its saturation a model is measured once, to show what it looks like.
  const beyond = rates.findIndex((rate) => rate > capacity)
  const offered = beyond < 0 ? rates : rates.slice(0, beyond + 1)
  return {
    model,
    title,
    command: `evenloop start app.js --model ${model.split('-')[0]}`,
    workers,
    capacity,
    steps: offered.map((rate) => stepOf(model, rate)),
  }
}

function stepOf(model: ModelName, offered: number): Step {
  const { capacity, ms, cpuUs, mb, waits, cuts } = natures[model]
  const busy = Math.min(offered / capacity, 0.985)
  const saturated = offered > capacity
  const throughput = saturated ? capacity * 0.98 : offered
  const waiting = (busy / (1 - busy)) * (saturated ? 60 : 1.4)
  const sent = offered * 10
  const good = Math.round(throughput * 10)
  const p50Ms = ms + waiting * 0.6
  const p99Ms = 52 + waiting * 7
  return {
    offered,
    sent,
    good,
    refused: saturated ? sent - good : 0,
    failed: 0,
    throughput,
    p50Ms,
    p99Ms,
    p999Ms: p99Ms * 1.7,
    routes: [
      { p50Ms, p99Ms: model.startsWith('sync') ? p99Ms : p99Ms * 0.6 },
      { p50Ms: 51 + waiting, p99Ms: p99Ms * 1.2 },
    ],
    queueP50Ms: busy < 0.5 ? 0 : waiting * 0.4,
    queueP99Ms: waiting * 6,
    cpus: (throughput * cpuUs) / 1e6,
    cpuUs,
    memoryBytes: (mb + busy * 30) * 2 ** 20,
    voluntarySwitches: waits * (1 - busy / 2),
    involuntarySwitches: cuts * (0.4 + busy),
    saturated,
  }
}
