import { stripVTControlCharacters } from 'node:util'

import { describe, expect, it } from 'vitest'

import type { ClusterStatus, RouteClass } from '../core/status.ts'

import { bytesText, secondsText } from './amounts.ts'
import { statusLines } from './status-table.ts'

const loop = {
  id: '0',
  pid: 4711,
  state: 'ready',
  generation: 1,
  inFlight: 3,
  requests: 1000,
  utilization: 0.421,
  delayP99Ms: 11.04,
  rssBytes: 50_541_363,
  heapUsedBytes: 20_000_000,
  forBlocking: false,
  concurrency: 0,
  uptimeSeconds: 60,
  restarts: 0,
  isolated: false,
  blocked: false,
} as const
const balancer = {
  id: 'b0',
  pid: 99,
  state: 'ready',
  connections: 64,
  inFlight: 3,
  queued: 0,
  requests: 1000,
  shed: 0,
  retries: 0,
  rescued: 0,
  errors: 0,
} as const
const status: ClusterStatus = {
  version: '0.1.0',
  model: 'hybrid',
  listen: 'http://127.0.0.1:8080',
  uptimeSeconds: 192.4,
  loops: [
    loop,
    { ...loop, id: '10', pid: 1_234_567, state: 'draining', inFlight: 0, requests: 7, utilization: 0.99, delayP99Ms: 250, restarts: 2 },
  ],
  balancers: [balancer],
  routes: [],
  reload: { state: 'idle', generation: 1 },
}

describe('the status for people', () => {
  it('is a table of loops, then balancers, with aligned columns', () => {
    expect(statusLines(status, undefined, false)).toEqual([
      'evenloop 0.1.0  http://127.0.0.1:8080  model hybrid  up 3m 12s',
      '',
      'LOOP      PID  STATE     GEN  IN FLIGHT  REQUESTS  UTILIZATION  DELAY P99    MEMORY  RESTARTS',
      '0        4711  ready       1          3      1000         42 %    11.0 ms  48.2 MiB         0',
      '10    1234567  draining    1          0         7         99 %   250.0 ms  48.2 MiB         2',
      '',
      'BALANCER  PID  STATE  CONNECTIONS  IN FLIGHT  QUEUED  REQUESTS',
      'b0         99  ready           64          3       0      1000',
    ])
  })

  it('is aligned the same in colours', () => {
    const lines = statusLines(status, undefined, true)
    expect(lines.join()).toContain('\u001B[32mready\u001B[0m')
    expect(lines.map((line) => stripVTControlCharacters(line).trimEnd())).toEqual(statusLines(status, undefined, false))
  })

  it('shows requests as a rate once there are two, and none for a process that is new', () => {
    const later = {
      ...status,
      uptimeSeconds: status.uptimeSeconds + 2,
      loops: [
        { ...loop, requests: 2000 },
        { ...loop, id: '10', pid: 5, requests: 9 },
      ],
    }
    const lines = statusLines(later, status, false)
    expect(lines[2]).toContain('REQ/S')
    expect(lines[3]).toMatch(/ready +1 +3 +500 +42 %/)
    expect(lines[4]).toMatch(/ready +1 +3 +– +42 %/)
  })

  it('says that a reload runs, and why the last one failed', () => {
    const line = (reload: ClusterStatus['reload']) => statusLines({ ...status, reload }, undefined, false)[1]
    expect(line({ state: 'running', generation: 2 })).toBe('reloading to generation 2')
    expect(line({ state: 'failed', generation: 1, message: 'app.js threw' })).toBe('the last reload failed: app.js threw')
  })

  it('calls a loop blocked that has fallen silent, whatever else it is', () => {
    const line = statusLines({ ...status, loops: [{ ...loop, blocked: true }] }, undefined, true)[3]
    expect(line).toContain('\u001B[31mblocked\u001B[0m')
    expect(line).not.toContain('ready')
  })

  it('says what holds a loop, and only then has room for it', () => {
    const holding = { routes: [{ method: 'GET', route: '/report' }], forMs: 340.4 }
    const lines = (change: object) => statusLines({ ...status, loops: [{ ...loop, ...change }, loop] }, undefined, false)
    expect(lines({})[2]).not.toContain('HELD BY')
    expect(lines({ holding })[2]).toMatch(/RESTARTS  HELD BY$/)
    expect(lines({ holding })[3]).toMatch(/0  GET \/report for 340 ms$/)
    expect(lines({ holding })[4]).toMatch(/ 0$/)
    const several = [...holding.routes, { method: 'POST', route: '/a\u001B[2J' }, { method: 'PUT', route: '/b' }]
    expect(lines({ holding: { routes: several, forMs: 12_400 } })[3]).toMatch(/GET \/report or 2 more for 12 s$/)
    expect(lines({ holding: { routes: [], forMs: 150 } })[3]).toMatch(/no request for 150 ms$/)
  })

  it('says which loops are kept for blocking routes, while any is', () => {
    const lines = (...loops: ClusterStatus['loops']) => statusLines({ ...status, loops }, undefined, false)
    expect(lines(loop)[2]).not.toContain('SERVES')
    const [, , titles, first, second] = lines(loop, { ...loop, id: '1', isolated: true })
    expect(titles).toMatch(/RESTARTS  SERVES$/)
    expect(first).toMatch(/ 0  the others$/)
    expect(second).toMatch(/ 0  blocking routes$/)
  })

  it('tells threads, places, ages and the length of a task, where there are workers', () => {
    const worker = { ...loop, concurrency: 1, inFlight: 1, uptimeSeconds: 7_380, tasks: { begun: 1_000, openSeconds: 4, atSeconds: 7_380 } }
    const pool = {
      ...worker,
      id: 'b0',
      pid: 5000,
      thread: 0,
      forBlocking: true,
      blocked: true,
      inFlight: 0,
      tasks: { begun: 0, openSeconds: 0, atSeconds: 1 },
    }
    const [, , titles, first, second] = statusLines(
      { ...status, loops: [worker, pool, { ...pool, id: 'b1', thread: 1 }] },
      undefined,
      false,
    )
    expect(titles).toMatch(/^LOOP +PID  THREAD  STATE  GEN  IN FLIGHT  REQUESTS +TASK +AGE  UTILIZATION .* SERVES$/)
    expect(first).toMatch(/^0 +4711 +–  ready +1 +1\/1 +1000  4\.0 ms  2h 3m .* the others$/)
    expect(second).toMatch(/^b0 +5000 +0  busy +1 +1\/1 +1000 +–  2h 3m .* blocking routes$/)
  })

  it('takes the length of a task since the status before', () => {
    const at = (begun: number, openSeconds: number) => ({ ...loop, concurrency: 1, tasks: { begun, openSeconds, atSeconds: openSeconds } })
    const later = { ...status, uptimeSeconds: status.uptimeSeconds + 2, loops: [at(1_010, 6)] }
    expect(statusLines(later, { ...status, loops: [at(1_000, 4)] }, false)[3]).toContain(' 200.0 ms ')
  })

  it('ends with the five routes that block longest, where some do', () => {
    const route = (name: string, blockingP99Ms: number, kind: RouteClass = 'async') =>
      ({ method: 'GET', route: name, requests: 7, blockingP50Ms: 1.25, blockingP99Ms, class: kind }) as const
    const shown = (routes: ClusterStatus['routes']) => statusLines({ ...status, routes }, undefined, false).slice(8)
    expect(shown([route('/quick', 10)])).toEqual([])
    const names = [11, 300.04, 20, 15, 12, 40].map((ms) => route(`/for/${ms}`, ms, ms > 100 ? 'blocking' : 'async'))
    expect(shown(names)).toEqual([
      '',
      'ROUTE THAT BLOCKS  CLASS     REQUESTS  HELD P50  HELD P99',
      'GET /for/300.04    blocking         7    1.3 ms  300.0 ms',
      'GET /for/40        async            7    1.3 ms   40.0 ms',
      'GET /for/20        async            7    1.3 ms   20.0 ms',
      'GET /for/15        async            7    1.3 ms   15.0 ms',
      'GET /for/12        async            7    1.3 ms   12.0 ms',
    ])
    // Declared so, and kept apart although it holds nothing for long yet.
    expect(shown([route('/declared', 2, 'blocking')])[2]).toMatch(/^GET \/declared +blocking/)
  })

  it('says between how many loops the cluster scales itself', () =>
    expect(statusLines({ ...status, autoscale: { min: 1, max: 4 } }, undefined, false)[0]).toContain('model hybrid  loops 1 to 4  up'))

  it('survives a cluster without loops', () =>
    expect(statusLines({ ...status, loops: [], balancers: [] }, undefined, false)).toHaveLength(5))
})

describe('amounts for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [50_541_363, '48.2 MiB'],
    [3 * 1024 ** 4, '3.0 TiB'],
  ])('%d bytes', (bytes, text) => expect(bytesText(bytes)).toBe(text))
  it.each([
    [0.4, '0s'],
    [59.9, '59s'],
    [60, '1m 0s'],
    [3_725, '1h 2m'],
    [200_000, '2d 7h'],
  ])('%d seconds', (seconds, text) => expect(secondsText(seconds)).toBe(text))
})
