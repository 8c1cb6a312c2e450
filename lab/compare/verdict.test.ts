import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type ModelName, type ModelResult, modelNames, type Step, type Workload } from './comparison.ts'
import { rank } from './ranking.ts'
import { type Findings, verdictOf } from './verdict.ts'

/** What a model is like: requests a second, p99 of each route where it is not busy, memory. */
interface Truth {
  readonly capacity: number
  readonly p99Ms: readonly number[]
  readonly mib: number
}

interface Case {
  readonly workload: Workload
  readonly rates: readonly number[]
  /** Of each route, without any wait. */
  readonly timesMs: readonly number[]
  readonly holdsMs: readonly number[]
  readonly cpuUs: number
  readonly truths: Record<ModelName, Truth>
}

const get = (path: string, weight = 1): Workload['routes'][number] => ({ method: 'GET', path, weight })
const truth = (capacity: number, mib: number, ...p99Ms: number[]): Truth => ({ capacity, mib, p99Ms })

// As the three workloads of the demo are on two CPUs with four workers.
const waiting: Case = {
  workload: { name: 'io', routes: [get('/io')] },
  rates: [40, 100, 260, 660, 1_700, 4_300],
  timesMs: [50],
  holdsMs: [0],
  cpuUs: 150,
  truths: {
    'sync-processes': truth(80, 320, 52),
    'sync-threads': truth(80, 220, 52),
    'sync-both': truth(80, 260, 52),
    async: truth(3_400, 130, 53),
    hybrid: truth(3_800, 190, 53),
    'hybrid-isolation': truth(3_800, 190, 53),
    'hybrid-pool': truth(3_800, 260, 53),
  },
}
const computing: Case = {
  workload: { name: 'cpu', routes: [get('/cpu')] },
  rates: [98, 130, 180, 250, 330, 440],
  timesMs: [5.1],
  holdsMs: [5],
  cpuUs: 5_100,
  truths: {
    'sync-processes': truth(370, 320, 9),
    'sync-threads': truth(370, 230, 9),
    'sync-both': truth(370, 265, 9),
    async: truth(190, 130, 14),
    hybrid: truth(375, 190, 8),
    'hybrid-isolation': truth(375, 190, 8),
    'hybrid-pool': truth(375, 265, 8),
  },
}
const blocking: Case = {
  workload: { name: 'mixed', routes: [get('/io', 97), get('/block', 3)] },
  rates: [180, 270, 420, 650, 1_000, 1_500],
  timesMs: [11, 50],
  holdsMs: [0, 50],
  cpuUs: 200,
  truths: {
    'sync-processes': truth(350, 320, 20, 60),
    'sync-threads': truth(350, 220, 20, 60),
    'sync-both': truth(350, 260, 20, 60),
    async: truth(620, 130, 110, 140),
    hybrid: truth(1_250, 190, 75, 110),
    'hybrid-isolation': truth(640, 190, 15, 160),
    'hybrid-pool': truth(1_250, 260, 15, 90),
  },
}

/** What is measured of it; `noise` is asked for every figure. */
function measured({ rates, truths, workload, timesMs, holdsMs, cpuUs }: Case, noise: () => number = () => 1): ModelResult[] {
  return modelNames.map((model) => {
    const { capacity, p99Ms, mib } = truths[model]
    const isSync = model.startsWith('sync')
    const found = capacity * noise()
    const steps = rates
      .filter((rate, index) => rate <= found * 1.2 || (rates[index - 1] ?? 0) <= found * 1.2)
      .map((rate): Step => {
        const saturated = rate > found
        const late = saturated ? 400 : 0
        return {
          offered: rate,
          sent: rate * 5,
          good: Math.min(rate, found) * 5,
          refused: Math.max(0, rate - found) * 5,
          failed: 0,
          throughput: Math.min(rate, found),
          p50Ms: timesMs[0]! + late,
          p99Ms: p99Ms[0]! * noise() + late,
          p999Ms: p99Ms[0]! + 2 * late,
          routes: workload.routes.map((_, index) => ({ p50Ms: timesMs[index]! * noise() + late, p99Ms: p99Ms[index]! * noise() + late })),
          queueP50Ms: late,
          queueP99Ms: late * 1.2,
          cpus: 1,
          cpuUs: cpuUs * 2,
          loopCpuUs: cpuUs,
          memoryBytes: mib * 2 ** 20,
          voluntarySwitches: isSync ? 8 : 2,
          involuntarySwitches: isSync ? 0.5 : 0.1,
          saturated,
        }
      })
    return { model, title: `title of ${model}`, command: '', workers: isSync ? 4 : 2, capacity: found, steps, holdsMs }
  })
}

const findings = (each: Case, models = measured(each)): Findings => ({
  models,
  workload: each.workload,
  budget: { by: 'workers', workers: 4 },
  machine: { cpus: 2, memoryBytes: 2 ** 33, node: 'v24', system: 'Linux' },
})

const text = (each: Case): string => verdictOf(findings(each)).sentences.join('\n')

describe('what fits', () => {
  test.each([
    [waiting, 'async'],
    [computing, 'hybrid-isolation'],
    [blocking, 'hybrid-pool'],
  ] as const)('%#', (each, best) => {
    expect(verdictOf(findings(each)).best).toBe(best)
  })

  test('is the same however the figures of a run differ from those of another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(waiting, computing, blocking),
        fc.infiniteStream(fc.double({ min: 0.9, max: 1.1, noNaN: true })),
        (each, noise) => {
          const models = measured(each, () => noise.next().value)
          expect(rank(models, each.workload).places).toEqual(rank(measured(each), each.workload).places)
        },
      ),
    )
  })

  test('names every model once, whatever was measured', () => {
    const anyStep = fc.record({
      offered: fc.constantFrom(10, 20, 40),
      saturated: fc.boolean(),
      throughput: fc.double({ min: 0, max: 40 }),
      p99Ms: fc.double({ min: 0, max: 1e4 }),
      memoryBytes: fc.nat(),
    })
    const anyModels = fc
      .subarray([...modelNames], { minLength: 1 })
      .chain((names) =>
        fc.tuple(...names.map((model) => fc.tuple(fc.constant(model), fc.double({ min: 0, max: 1e4, noNaN: true }), fc.array(anyStep)))),
      )
    fc.assert(
      fc.property(anyModels, (some) => {
        const models = some.map(([model, capacity, steps]) => {
          const full = steps.map((step) => ({
            ...measured(waiting)[0]!.steps[0]!,
            ...step,
            routes: [{ p50Ms: step.p99Ms, p99Ms: step.p99Ms }],
          }))
          return { model, title: model, command: '', workers: 2, capacity, steps: full }
        })
        const { best, ranking, sentences } = verdictOf(findings(waiting, models))
        expect(ranking!.flat().toSorted()).toEqual(models.map(({ model }) => model).toSorted())
        expect(best).toBe(ranking![0]![0])
        expect(sentences.join(' ')).not.toMatch(/undefined|NaN|Infinity|object/)
        expect(sentences.length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('the words', () => {
  test('say by how much one fits better', () => {
    expect(text(waiting)).toContain(
      '“title of async” fits this workload best: it answered 3,400 requests a second, and “title of sync-processes” 80: 42.5 times as many',
    )
    expect(text(computing)).toContain('97 % more')
  })

  test('of waiting say what a worker and a loop do meanwhile, and how many workers it would take', () => {
    expect(text(waiting)).toContain('A request takes 50 ms, of which a CPU works for 0.15 ms (less than 1 %).')
    expect(text(waiting)).toContain('it makes no request faster')
    expect(text(waiting)).toContain('about 170 (3,400 requests a second of 50 ms each)')
    expect(text(waiting)).toMatch(/At 100 requests a second under “title of sync-\w+” requests waited up to 480 ms/)
  })

  test('of computing say that only CPUs count', () => {
    expect(text(computing)).toContain('asynchrony gains nothing')
    expect(text(computing)).toContain('there are 2')
    expect(text(computing)).not.toContain('without giving it back')
  })

  test('of blocking say who waits for whom', () => {
    expect(text(blocking)).toContain('3 % of the requests (GET /block) hold their event loop for 50 ms without giving it back')
    expect(text(blocking)).toContain(
      'At 1,000 requests a second 99 of 100 requests to GET /io took at most 75 ms with “title of hybrid”, and 15 ms with “title of hybrid-pool”.',
    )
  })

  test('tell what context switches each took', () => {
    expect(text(waiting)).toMatch(/“title of async” took 2.1 context switches \(0.1 of them forced\).*“title of sync-\w+” took 8.5/)
  })

  test('name those that do as well', () => {
    expect(text(computing)).toMatch(
      /“title of hybrid” \(375 requests a second, 190 MiB\).* did about as well as “title of hybrid-isolation” \(375, 190 MiB\)/,
    )
  })

  test('of one model alone claim nothing', () => {
    const [only] = measured(waiting)
    expect(verdictOf(findings(waiting, [only!])).sentences[0]).toBe(
      '“title of sync-processes” was measured alone: it answered 80 requests a second.',
    )
  })
})
