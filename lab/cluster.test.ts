import { describe, expect, it } from 'vitest'

import { Cluster } from './cluster.ts'
import { Latencies } from './latencies.ts'
import { mixedTraffic } from './mixed-traffic.ts'
import type { End } from './model-request.ts'
import { blockingRoute, lightRoute } from './routes.ts'

interface Ended {
  readonly path: string
  readonly end: End
  readonly ms: number
  readonly dueAt: number
}

interface Some {
  readonly loops?: number
  readonly pool?: number
  readonly balancers?: number
  readonly brain?: boolean
}

function cluster({ loops = 8, pool = 0, balancers = 1, brain = true }: Some, seed = 1): { cluster: Cluster; ended: Ended[] } {
  const ended: Ended[] = []
  const onEnd = ({ route, dueAt }: { route: { path: string }; dueAt: number }, end: End, now: number): void =>
    void ended.push({ path: route.path, end, ms: now - dueAt, dueAt })
  return { cluster: new Cluster({ loops, pool, balancers, seed, settings: {}, brain, onEnd }), ended }
}

function mixed(some: Some, forMs: number, seed?: number): Ended[] {
  const { cluster: it, ended } = cluster(some, seed)
  it.begin(mixedTraffic(some.loops ?? 8, it.rng))
  it.time.run(forMs)
  return ended
}

function lightP99(ended: readonly Ended[], fromMs: number): number {
  const times = new Latencies()
  for (const { path, ms, dueAt } of ended) if (path === '/page' && dueAt > fromMs) times.add(ms)
  return times.quantile(0.99)
}

describe('a simulated cluster', () => {
  it('answers a request after its work, its wait and both ways', () => {
    const { cluster: it, ended } = cluster({})
    it.send({ method: 'GET', path: '/', draw: () => ({ firstMs: 2, waitMs: 5, lastMs: 1 }) })
    it.time.run(100)
    expect(ended).toHaveLength(1)
    expect(ended[0]!.ms).toBeCloseTo(8.1, 6)
  })

  it('is the same with the same seed, and another with another', () => {
    expect(mixed({}, 500, 7)).toEqual(mixed({}, 500, 7))
    expect(mixed({}, 500, 7)).not.toEqual(mixed({}, 500, 8))
  })

  it('ends every request exactly once, also while loops are replaced and one hangs', () => {
    const { cluster: it, ended } = cluster({ balancers: 2 })
    let came = 0
    const light = lightRoute(it.rng, 4, 5)
    for (let at = 0; at < 4_000; at += 2) {
      it.time.later(at, () => {
        came++
        it.send(came % 50 === 0 ? blockingRoute(50) : light)
      })
    }
    it.time.later(500, () =>
      it.send({ method: 'GET', path: '/hang', draw: () => ({ firstMs: Number.POSITIVE_INFINITY, waitMs: 0, lastMs: 0 }) }),
    )
    it.time.later(1_500, () => it.replace(it.loops.find(({ turnEnds }) => turnEnds === Number.POSITIVE_INFINITY)!.id, 0))
    for (const id of ['0', '1', '2']) it.time.later(2_000 + 100 * Number(id), () => it.replace(id, 1_000))
    it.time.run(20_000)
    expect(it.open).toBe(0)
    expect(ended).toHaveLength(came + 1)
    expect(ended.filter(({ end, path }) => end !== 'answered' && path === '/page')).toEqual([])
  })

  it('shows what keeping blocking routes apart is worth', () => {
    expect(lightP99(mixed({ loops: 16 }, 4_000), 2_000)).toBeLessThan(lightP99(mixed({ loops: 16, brain: false }, 4_000), 2_000) / 2)
  })

  it.each([1, 3])('has blocking routes done by a pool, and no loop kept for them, behind %i balancers', (balancers) => {
    const { cluster: it, ended } = cluster({ loops: 8, pool: 4, balancers })
    it.begin(mixedTraffic(8, it.rng))
    it.time.run(6_000)
    expect(it.loops.filter(({ claims }) => claims > 0)).toEqual([])
    expect(ended.filter(({ end }) => end !== 'answered')).toEqual([])
    const alone = new Latencies()
    for (const { path, ms, dueAt } of ended) if (path === '/report' && dueAt > 2_000) alone.add(ms)
    // It holds its worker for 50.
    expect(alone.quantile(0.5)).toBeLessThan(55)
    expect(lightP99(ended, 2_000)).toBeLessThan(lightP99(mixed({ loops: 8, balancers }, 6_000), 2_000))
  })

  it('lets balancers hear whether others keep a loop', () => {
    const { cluster: it } = cluster({ loops: 16, balancers: 3 })
    it.begin(mixedTraffic(16, it.rng))
    it.time.run(5_000)
    const kept = it.loops.filter(({ claims }) => claims > 0).map(({ id }) => id)
    expect(kept.length).toBeGreaterThan(0)
    for (const { endpoints } of it.balancers) expect(endpoints.all.filter(({ isolated }) => isolated).map(({ loop }) => loop)).toEqual(kept)
  })
})
