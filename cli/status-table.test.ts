import { stripVTControlCharacters } from 'node:util'

import { describe, expect, it } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'

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
  restarts: 0,
  isolated: false,
  blocked: false,
} as const
const balancer = { id: 'b0', pid: 99, state: 'ready', connections: 64, inFlight: 3, queued: 0, requests: 1000 } as const
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
