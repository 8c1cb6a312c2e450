import fc from 'fast-check'
import { expect, test } from 'vitest'

import { modelNames } from './comparison.ts'
import { type Counts, countsByMemory, countsByWorkers, modelSettings } from './models.ts'

const workers = (counts: Counts, cpus: number): Record<string, number> =>
  Object.fromEntries(modelSettings(counts, cpus).map(({ model, workers }) => [model, workers]))

test('with a budget of workers all models have the same, but for those that are a loop for each CPU by their nature', () => {
  expect(workers(countsByWorkers(8, 2), 2)).toEqual({
    'sync-processes': 8,
    'sync-threads': 8,
    'sync-both': 8,
    async: 1,
    hybrid: 2,
    'hybrid-isolation': 2,
    'hybrid-pool': 8,
  })
})

test('the settings are those of the command', () => {
  const flags = Object.fromEntries(modelSettings(countsByWorkers(4, 2), 2).map(({ model, flags }) => [model, flags.join(' ')]))
  expect(flags).toEqual({
    'sync-processes': '--model sync --loops 4 --threads 1 --balancers 1',
    'sync-threads': '--model sync --loops 4 --threads 4 --balancers 1',
    'sync-both': '--model sync --loops 4 --threads 2 --balancers 1',
    async: '--model async --threads 1 --balancers 1',
    hybrid: '--model hybrid --loops 2 --threads 1 --isolation-mode off --balancers 1',
    'hybrid-isolation': '--model hybrid --loops 2 --threads 1 --isolation-mode auto --balancers 1',
    'hybrid-pool': '--model hybrid --loops 2 --threads 1 --isolation-mode auto --blocking-workers 2 --blocking-threads 2 --balancers 1',
  })
})

test('with a budget of memory each model has as many workers as fit', () => {
  const memory = { base: 100, process: 60, thread: 20 }
  const counts = countsByMemory(340, memory, 2)
  // 240 beside the front: 4 processes, 1 + 9 threads, 3 pairs, and a pool of 1 + 3 threads beside 2 loops.
  expect(counts).toEqual({ processes: 4, threads: 10, pairs: 3, loops: 2, poolLoops: 2, poolThreads: 4 })
})

test('whatever the budget, every model has a worker, and none has more than may be', () => {
  const size = fc.integer({ min: 1, max: 1e6 })
  const anyCounts = fc.oneof(
    fc.tuple(fc.integer({ min: 2, max: 1_024 }), fc.integer({ min: 1, max: 256 })).map(([count, cpus]) => countsByWorkers(count, cpus)),
    fc
      .tuple(size, size, size, size, fc.integer({ min: 1, max: 256 }))
      .map(([bytes, base, process, thread, cpus]) => countsByMemory(bytes, { base, process, thread }, cpus)),
  )
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const settings = modelSettings(counts, 4)
      expect(settings.map(({ model }) => model)).toEqual(modelNames)
      for (const { workers, flags } of settings) {
        expect(workers).toBeGreaterThanOrEqual(1)
        expect(Number(flags[flags.indexOf('--threads') + 1])).toBeLessThanOrEqual(64)
      }
    }),
  )
})
