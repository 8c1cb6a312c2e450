import { describe, expect, it } from 'vitest'

import type { ClusterStatus } from '../../core/status.ts'

import { type Reading, whatCame } from './observe.ts'

const loop = { state: 'ready', pid: 1, rssBytes: 100e6 }
const status = {
  loops: [loop, { ...loop, pid: 2, rssBytes: 60e6 }, { ...loop, pid: 3, state: 'dead', rssBytes: 900e6 }],
} as unknown as ClusterStatus

const reading = (requests: number): Reading => ({
  status,
  metrics: [
    `evenloop_route_blocking_seconds_sum{method="GET",route="/io"} ${0.0002 * requests}`,
    `evenloop_route_blocking_seconds_count{method="GET",route="/io"} ${requests}`,
    `evenloop_route_blocking_seconds_sum{method="GET",route="/block"} ${(0.04 * requests) / 10}`,
    `evenloop_route_blocking_seconds_count{method="GET",route="/block"} ${requests / 10}`,
    `evenloop_loop_cpu_seconds_total{loop="0"} ${0.00021 * requests}`,
    `evenloop_loop_cpu_seconds_total{loop="1"} ${0.00021 * requests}`,
    `evenloop_proxy_cpu_seconds_total{balancer="0"} ${0.00011 * requests}`,
    `evenloop_proxy_request_duration_seconds_sum{balancer="0",loop="0"} ${0.022 * requests}`,
    `evenloop_proxy_request_duration_seconds_count{balancer="0",loop="0"} ${1.1 * requests}`,
  ].join('\n'),
})

const machine = { cpus: 2, memoryBytes: 2e9 }

describe('a cluster that is observed', () => {
  const { findings, rate, workload } = whatCame(reading(1_000), reading(2_000), 20, machine)

  it('tells how often each route is asked for', () => {
    expect(rate).toBe(55)
    expect(workload.routes).toEqual([
      { method: 'GET', path: '/io', weight: 1_000 },
      { method: 'GET', path: '/block', weight: 100 },
    ])
    expect(findings.routes.map(({ share }) => share)).toEqual([1_000 / 1_100, 100 / 1_100])
  })

  it('tells what each route holds, of that the part that computes, and what all wait', () => {
    const [io, block] = findings.routes
    expect(io!.cpuMs + io!.heldMs).toBeCloseTo(0.2, 9)
    expect(block!.cpuMs + block!.heldMs).toBeCloseTo(40, 9)
    expect(block!.cpuMs / (block!.cpuMs + block!.heldMs)).toBeCloseTo(0.42 / 4.2, 9)
    // Of 20 ms on average nearly 4 are held, and a little more is spent waiting for each other.
    expect(io!.waitMs).toBeGreaterThan(15)
    expect(io!.waitMs).toBeLessThan(16.2)
    expect(findings.machine.besideMs).toBeCloseTo(0.1, 9)
  })

  it('tells what a process takes, of those that serve', () => {
    expect(findings.memory.processBytes).toBe(80e6)
  })

  it('is no advice where nobody asked for anything', () => {
    expect(() => whatCame(reading(1_000), reading(1_000), 20, machine)).toThrow(/no request came in 20 s; .*--seconds/)
  })
})
