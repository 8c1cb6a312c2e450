import fc from 'fast-check'
import { expect, test } from 'vitest'

import { TimedWorkers, type Job } from '../../test/support/timed-workers.ts'
import { ordinary, type Priority, type RouteKind } from './route-kind.ts'

const report: RouteKind = { name: 'GET /report', blocking: true, holdMs: 200, priority: 1 }

const refused = ({ jobs }: TimedWorkers): Job[] => jobs.filter(({ refusedAt }) => refusedAt !== undefined)
const waits = (jobs: readonly Job[]): number[] => jobs.flatMap(({ begunAt, cameAt }) => (begunAt === undefined ? [] : [begunAt - cameAt]))

test('a burst waits until the workers come to it, in the order it came, and one at a time in each', () => {
  const workers = new TimedWorkers({ open: 4 })
  for (let count = 0; count < 100; count++) workers.send(200)
  workers.time.run(10_000)
  expect(refused(workers)).toEqual([])
  expect(workers.jobs.map(({ order }) => order)).toEqual(workers.jobs.map((_, index) => index))
  expect(workers.jobs.at(-1)!.begunAt).toBe(24 * 200)
  expect(workers.mostAtOnce).toBe(1)
})

test('of a burst that takes too long the rest is refused at the deadline, and nobody before', () => {
  const workers = new TimedWorkers({ open: 4 })
  for (let count = 0; count < 600; count++) workers.send(210)
  workers.time.run(20_000)
  // The last ones begin after 9,870 ms.
  expect(refused(workers).length).toBe(600 - 48 * 4)
  expect(Math.min(...refused(workers).map(({ refusedAt }) => refusedAt!))).toBe(10_000)
})

test('what comes first to fresh workers may take long: nobody is refused for what is not known yet', () => {
  const workers = new TimedWorkers({ open: 4 })
  for (let count = 0; count < 20; count++) workers.send(2_000)
  workers.time.run(20_000)
  expect(refused(workers)).toEqual([])
})

test('clients that wait and ask again are all served, however many', () => {
  const workers = new TimedWorkers({ open: 4 })
  const ask = (): void => void workers.send(150 + (workers.jobs.length % 11) * 10, ordinary, () => workers.time.later(1, ask))
  for (let count = 0; count < 64; count++) ask()
  workers.time.run(60_000)
  expect(refused(workers)).toEqual([])
})

test('at twice what they can do workers stay busy, and those served have not waited long', () => {
  const workers = new TimedWorkers({ open: 4 })
  workers.stream(40, 60_000, () => workers.send(200))
  workers.time.run(60_000)
  expect(waits(workers.jobs).length).toBeGreaterThan(0.98 * 20 * 60)
  const settled = workers.jobs.filter(({ cameAt }) => cameAt > 5_000)
  // Four times what one takes, and the time between two looks.
  expect(Math.max(...waits(settled))).toBeLessThanOrEqual(900)
})

test('where workers are kept for blocking routes neither kind starves', () => {
  const workers = new TimedWorkers({ open: 4 })
  workers.endpoints.all[3]!.claimed = true
  workers.endpoints.reopen()
  workers.stream(40, 30_000, () => workers.send(200, report))
  workers.stream(4, 30_000, () => workers.send(50))
  workers.time.run(30_000)
  const light = workers.jobs.filter(({ kind }) => kind === ordinary)
  expect(Math.max(...waits(light))).toBeLessThan(1_000)
  expect(light.filter(({ refusedAt }) => refusedAt !== undefined)).toEqual([])
  expect(workers.jobs.filter(({ kind, begunAt }) => kind === report && begunAt !== undefined).length).toBeGreaterThan(400)
})

const load = fc.array(
  fc.record({
    at: fc.nat(5_000),
    ms: fc.integer({ min: 1, max: 500 }),
    blocking: fc.boolean(),
    priority: fc.constantFrom<Priority>(0, 1, 2),
  }),
  { maxLength: 120 },
)

test('whatever comes, no worker has two at once, everyone is served or refused, and equals in their order', () => {
  const sizes = fc.record({ open: fc.integer({ min: 1, max: 4 }), pool: fc.integer({ min: 0, max: 3 }) })
  fc.assert(
    fc.property(sizes, load, (size, requests) => {
      const workers = new TimedWorkers(size)
      for (const { at, ms, blocking, priority } of requests) {
        workers.time.later(at, () => workers.send(ms, { name: 'GET /', blocking, holdMs: blocking ? ms : 0, priority }))
      }
      workers.time.run(60_000)
      expect(workers.mostAtOnce).toBeLessThanOrEqual(1)
      const { jobs, balancer } = workers
      expect([jobs.length, balancer.inFlight, balancer.queued]).toEqual([requests.length, 0, 0])
      expect(jobs.every(({ begunAt, refusedAt }) => (begunAt === undefined) !== (refusedAt === undefined))).toBe(true)
      for (const kind of [true, false]) {
        for (const priority of [0, 1, 2]) {
          const orders = jobs
            .filter((job) => job.begunAt !== undefined && job.kind.blocking === kind && job.kind.priority === priority)
            .map(({ order }) => order)
          expect(orders).toEqual(orders.toSorted((a, b) => a - b))
        }
      }
      if (size.pool === 0) return
      for (const { kind, worker } of jobs) if (worker !== undefined) expect(worker.forBlocking).toBe(kind.blocking)
    }),
  )
})
