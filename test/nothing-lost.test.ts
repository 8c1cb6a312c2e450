import { readdirSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { failures, startArrival, type Arrival, type Outcome } from './support/arrival.ts'
import { startCluster, type Cluster, type ClusterOptions } from './support/cluster.ts'
import { createLedger, temporaryFolder, type Ledger } from './support/ledger.ts'
import { isAlive } from './support/processes.ts'
import { signal } from './support/program.ts'
import { until } from './support/wait.ts'

// What a client loses while the cluster lives through what happens to clusters: 1,000 requests a second, a
// third of them POSTs, at a constant rate.
const rate = 1_000

const lanes = ['link', 'http'] as const
type Lane = (typeof lanes)[number]

interface Traffic {
  readonly cluster: Cluster
  readonly ledger: Ledger
  readonly arrival: Arrival
  /** Where the cluster keeps its sockets. */
  readonly runtime: string
}

/** A cluster under load that keeps up with it: what happens next happens to a cluster at work, not to one that warms up. */
async function underLoad(lane: Lane, options: Pick<ClusterOptions, 'args'> = {}): Promise<Traffic> {
  const ledger = createLedger()
  const runtime = temporaryFolder()
  const cluster = await startCluster({
    app: 'test/fixtures/ledger-app.js',
    env: { LEDGER: ledger.path, XDG_RUNTIME_DIR: runtime },
    ...options,
    args: ['--log-level', 'warn', '--lane', lane, ...(options.args ?? [])],
  })
  const arrival = startArrival({ port: cluster.port, rate })
  await sendMore(arrival, rate)
  await until('a cluster that keeps up', () => arrival.waiting() < rate / 20)
  const served = await until('the count of the balancers', async () => {
    const lines = await cluster.metric('evenloop_proxy_requests_total')
    return lines.length > 0 && lines
  })
  expect(served.filter((line) => !line.includes(`lane="${lane}"`))).toEqual([])
  return { cluster, ledger, arrival, runtime }
}

const sendMore = (arrival: Arrival, count: number): Promise<unknown> => {
  const target = arrival.sent() + count
  return until(`${count} more requests`, () => arrival.sent() >= target)
}

/** Failures as lines that tell how they came about. */
const summary = (outcomes: readonly Outcome[]): string[] =>
  outcomes
    .slice(0, 20)
    .map(({ method, id, failure, status, reused, dueMs, latencyMs, body }) =>
      [
        method,
        id,
        failure,
        `status ${status}`,
        reused ? 'reused connection' : 'new connection',
        `due ${Math.round(dueMs)}`,
        `after ${Math.round(latencyMs)} ms`,
        body,
      ].join(', '),
    )

/** Every POST that was answered was begun once, and none more than once. */
function expectLedgerTrue(ledger: Ledger, outcomes: readonly Outcome[]): void {
  const entries = ledger.entries()
  expect([...entries].filter(([, times]) => times > 1)).toEqual([])
  const answered = outcomes.filter((outcome) => outcome.method === 'POST' && outcome.failure === undefined)
  expect(answered.filter((outcome) => entries.get(outcome.id) !== 1).map((outcome) => outcome.id)).toEqual([])
}

/**
 * Of a cluster that stopped under load: what failed was refused, or was still in the system's queue when the listening
 * socket closed, which resets it. That is an instant's worth; a socket that nobody accepts from any more would be more.
 */
function expectNoneAcceptedLost(ledger: Ledger, outcomes: readonly Outcome[]): void {
  const entries = ledger.entries()
  const lost = failures(outcomes).filter((outcome) => outcome.failure !== 'ECONNREFUSED')
  const accepted = lost.filter(
    (outcome) => outcome.failure !== 'ECONNRESET' || outcome.reused || outcome.status !== undefined || entries.has(outcome.id),
  )
  expect(summary(accepted)).toEqual([])
  expect(lost.length, summary(lost).join('\n')).toBeLessThanOrEqual(10)
  expectLedgerTrue(ledger, outcomes)
}

async function expectNothingLost({ arrival, ledger }: Traffic): Promise<void> {
  const outcomes = await arrival.finish()
  expect(summary(failures(outcomes))).toEqual([])
  expectLedgerTrue(ledger, outcomes)
}

const allReady = (count: number) => (status: Awaited<ReturnType<Cluster['status']>>) =>
  status.loops.length === count && status.loops.every((loop) => loop.state === 'ready')

describe.each(lanes)('on the %s lane', (lane) => {
  test('a loop killed with kill -9 costs no GET, and a POST only where the loop had begun it', { timeout: 120_000 }, async () => {
    const traffic = await underLoad(lane, { args: ['--loops', '2'] })
    const { cluster, ledger, arrival } = traffic
    const kills = 5
    for (let kill = 0; kill < kills; kill += 1) {
      const victim = (await cluster.waitFor('two ready loops', allReady(2))).loops[kill % 2]!
      signal(victim.pid, 'SIGKILL')
      await cluster.waitFor('the loop back', (status) => allReady(2)(status) && status.loops[kill % 2]!.pid !== victim.pid)
      await sendMore(arrival, rate)
    }
    const outcomes = await arrival.finish()

    const failed = failures(outcomes)
    expect(summary(failed.filter((outcome) => outcome.method === 'GET'))).toEqual([])
    for (const outcome of failed) {
      expect({ ...outcome, body: JSON.parse(outcome.body) }).toMatchObject({ status: 502, body: { error: 'LOOP_FAILED' } })
    }
    expectLedgerTrue(ledger, outcomes)
    // A loop says that it takes a request and only then runs the app, on one thread: each kill can hit at most the
    // requests between the two. Over HTTP that is one; on the link, what one read of it has brought.
    const entries = ledger.entries()
    const atOnce = lane === 'link' ? 16 : 1
    expect(failed.filter((outcome) => !entries.has(outcome.id)).length).toBeLessThanOrEqual(kills * atOnce)
    // The kills did hit requests, or this test proves nothing.
    expect(failed.length).toBeGreaterThan(0)
  })

  test('20 rolling reloads lose nothing', { timeout: 240_000 }, async () => {
    const traffic = await underLoad(lane, { args: ['--loops', '2'] })
    for (let reload = 1; reload <= 20; reload += 1) {
      const answer = await traffic.cluster.post('/api/reload?wait=1')
      expect(answer).toMatchObject({ status: 200 })
    }
    const status = await traffic.cluster.waitFor('two ready loops', allReady(2))
    expect(new Set(status.loops.map((loop) => loop.generation)).size).toBe(1)
    expect(status.loops.every((loop) => loop.restarts === 0)).toBe(true)
    await expectNothingLost(traffic)
  })

  test('scaling 2 → 4 → 1 → 2 loses nothing', { timeout: 120_000 }, async () => {
    const traffic = await underLoad(lane, { args: ['--loops', '2'] })
    for (const loops of [4, 1, 2]) {
      const answer = await traffic.cluster.post('/api/scale?wait=1', { loops })
      expect(answer).toMatchObject({ status: 200 })
      await traffic.cluster.waitFor(`${loops} ready loops`, allReady(loops))
      await sendMore(traffic.arrival, rate)
    }
    await expectNothingLost(traffic)
  })

  test('one of two balancers killed with kill -9 breaks only its own open connections, and is back', { timeout: 120_000 }, async () => {
    const traffic = await underLoad(lane, { args: ['--loops', '2', '--balancers', '2'] })
    const { cluster, arrival, ledger } = traffic
    const bothReady = (status: Awaited<ReturnType<Cluster['status']>>): boolean =>
      status.balancers.length === 2 && status.balancers.every((balancer) => balancer.state === 'ready')
    // The one that serves more connections, so that the kill hits some.
    const before = await cluster.waitFor(
      'two ready balancers with connections',
      (status) => bothReady(status) && status.balancers.some((balancer) => balancer.connections > 0),
    )
    const victim = [...before.balancers].sort((a, b) => b.connections - a.connections)[0]!
    const open = arrival.connections()
    const killedAt = performance.now()
    signal(victim.pid, 'SIGKILL')
    await cluster.waitFor(
      'the balancer back',
      (status) => bothReady(status) && status.balancers.every((balancer) => balancer.pid !== victim.pid),
    )
    await sendMore(arrival, 2 * rate)
    const outcomes = await arrival.finish()

    const failed = failures(outcomes)
    for (const outcome of failed) {
      // No answer at all, rather than a wrong one; and only around the kill.
      expect(outcome).toMatchObject({ failure: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) })
      expect(Math.abs(outcome.dueMs + outcome.latencyMs - killedAt)).toBeLessThan(2_000)
    }
    // At most one request is under way on a connection.
    expect(failed.length).toBeLessThanOrEqual(open)
    expect(new Set(failed.map((outcome) => outcome.localPort)).size).toBe(failed.length)
    expectLedgerTrue(ledger, outcomes)
    expect(cluster.stderr()).toMatch(new RegExp(`balancer ${victim.id}:? ended with signal SIGKILL`))
  })

  test('SIGTERM under load answers every request that was accepted, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const { cluster, arrival, ledger, runtime } = await underLoad(lane, { args: ['--loops', '2', '--balancers', '2'] })
    expect(readdirSync(runtime)).not.toEqual([])
    const status = await cluster.stop('SIGTERM')
    await sendMore(arrival, rate)
    const outcomes = await arrival.finish()

    expect(status).toBe(0)
    expect(cluster.processes()).toEqual([])
    expect(readdirSync(runtime)).toEqual([])
    expectNoneAcceptedLost(ledger, outcomes)
  })

  test('when the supervisor is killed with kill -9 its children finish, end and clean up', { timeout: 60_000 }, async () => {
    const { cluster, arrival, ledger, runtime } = await underLoad(lane, { args: ['--loops', '2', '--drain-timeout', '5s'] })
    const { loops, balancers } = await cluster.status()
    const children = [...loops, ...balancers].map(({ pid }) => pid)
    expect(children.every(isAlive)).toBe(true)
    signal(cluster.pid, 'SIGKILL')
    await until('the end of every child', () => !children.some(isAlive), 10_000)
    const outcomes = await arrival.finish()

    expect(cluster.processes()).toEqual([])
    expect(readdirSync(runtime)).toEqual([])
    expectNoneAcceptedLost(ledger, outcomes)
  })
})
