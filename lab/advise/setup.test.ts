import { describe, expect, it } from 'vitest'

import { loadSettings } from '../../config/load.ts'
import { adviceOf, demandOf, findingsOf } from '../../test/support/advice.ts'

import { flagsFor } from './advice.ts'
import { candidates } from './candidates.ts'
import { flagsOf, layoutOf, loopSetup, memoryOf, syncSetup, titleOf, workersOf } from './setup.ts'

const routes = [demandOf({ share: 0.9, waitMs: 20 }), demandOf({ name: 'GET /block', share: 0.1, heldMs: 40 })]

/** As the command line would read them. */
const settingsOf = async (flags: readonly string[]) => {
  const given = Array.from({ length: flags.length / 2 }, (_, at) => ({ name: flags[2 * at]!, value: flags[2 * at + 1] }))
  return (await loadSettings({ flags: given, env: {}, cwd: '/', app: 'ignored' })).settings
}

describe('a cluster that is advised', () => {
  it('is one that the command line accepts, with as many workers as it says', async () => {
    for (const setup of candidates(routes, { cpus: 4, besideMs: 0.1 }, { rate: 600 }, 200)) {
      const { model, loops, threads, blockingWorkers } = await settingsOf(flagsOf(setup))
      expect({ model, loops, threads, blockingWorkers }).toEqual({
        model: setup.model,
        loops: setup.loops,
        threads: setup.threads,
        blockingWorkers: setup.blockingWorkers,
      })
      expect(workersOf(setup)).toBeLessThanOrEqual(200)
    }
    const locked = adviceOf(findingsOf([demandOf({ lockMs: 10 })]), 70).recommendation
    const { concurrency, limits, timeouts } = await settingsOf(flagsFor(locked))
    expect([concurrency, limits.queue, timeouts.queue]).toEqual([locked.concurrency, locked.queue.requests, locked.queue.waitMs])
  })

  it('declares the routes that are known to block, by the names that loops know them by', async () => {
    const named = [routes[0]!, { ...routes[1]!, pattern: 'GET /block/:id' }]
    const { recommendation, command } = adviceOf(findingsOf(named), 600)
    expect(recommendation.setup.blockingWorkers).toBeGreaterThan(0)
    expect((await settingsOf(flagsFor(recommendation))).routes).toEqual({ 'GET /block/:id': 'blocking' })
    expect(command).toContain(" --routes 'GET /block/:id=blocking' ")
    expect(adviceOf(findingsOf(routes), 600).command).not.toContain('--routes')
  })

  it('is named for people', () => {
    expect(titleOf(loopSetup(1))).toBe('async, 1 loop')
    expect(titleOf(loopSetup(1, 1))).toBe('hybrid, 1 loop and 1 worker for blocking routes')
    expect(titleOf(syncSetup(3, 2))).toBe('sync, 3 workers')
    expect(titleOf(syncSetup(40, 2))).toBe('sync, 40 workers, 20 to a process')
  })

  it('takes less memory where workers share processes', () => {
    const memory = { processBytes: 100, threadBytes: 20 }
    expect(memoryOf(syncSetup(4, 2), memory)).toBe(400)
    expect(memoryOf(syncSetup(40, 2), memory)).toBe(2 * 100 + 38 * 20)
    expect(memoryOf(loopSetup(2, 4), memory)).toBe(200 + 100 + 3 * 20)
  })

  it('keeps as many loops for blocking routes as they keep half busy, and one for the others', () => {
    const apart = (rate: number) => layoutOf(loopSetup(4), routes, rate).map(({ workers, takes }) => [takes, workers])
    expect(apart(100)).toEqual([
      ['ordinary', 3],
      ['blocking', 1],
    ])
    expect(apart(10_000)).toEqual([
      ['ordinary', 1],
      ['blocking', 3],
    ])
    expect(layoutOf(loopSetup(4), [demandOf({ waitMs: 5 })], 100)).toEqual([{ workers: 4, concurrency: 0, takes: 'all' }])
  })
})
