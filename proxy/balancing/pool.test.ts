import fc from 'fast-check'
import { expect, test } from 'vitest'

import { balancerOf } from '../../test/support/balancer-of.ts'
import { Client } from '../../test/support/claimant.ts'
import { identity, ManualClock, tuning } from '../../test/support/endpoints.ts'
import { TimedWorkers } from '../../test/support/timed-workers.ts'
import { EndpointSet } from './endpoint-set.ts'
import { LeastRequest } from './policies/least-request.ts'
import { Rendezvous } from './policies/rendezvous.ts'
import { ordinary, type RouteKind } from './route-kind.ts'

const report: RouteKind = { name: 'GET /report', blocking: true, holdMs: 50, priority: 1 }
const poolHangsMs = 1_000

/** Loops `0`, `1`, … and workers `b0`, `b1`, … for blocking routes. */
function cluster(loops: number, workers: number, { loopCap = 0, sticky = false } = {}) {
  const clock = new ManualClock()
  const endpoints = new EndpointSet(tuning, clock)
  const confined: boolean[] = []
  const balancer = balancerOf(endpoints, clock, {
    policy: sticky ? new Rendezvous(new LeastRequest()) : new LeastRequest(),
    gauge: { queued: () => {}, answered: () => {}, shed: () => {}, placedBlocking: (is) => confined.push(is) },
    poolHangsMs: () => poolHangsMs,
    queueTimeoutMs: 600_000,
  })
  let born = 0
  const process = (loop: string) => ({
    ...identity(`${loop}.${born++}`, { loop, cap: loopCap }),
    ...(loop.startsWith('b') ? { cap: 1, forBlocking: true } : {}),
  })
  const names = [
    ...Array.from({ length: loops }, (_, index) => String(index)),
    ...Array.from({ length: workers }, (_, index) => `b${index}`),
  ]
  let up = names.map(process)
  endpoints.apply(up)
  const named = (loop: string) => endpoints.all.find((endpoint) => endpoint.loop === loop)
  const ask = (kind: RouteKind = ordinary, change: (client: Client) => void = () => {}): Client => {
    const client = new Client(undefined, kind)
    change(client)
    balancer.claim(client)
    return client
  }
  return {
    balancer,
    endpoints,
    clock,
    confined,
    named,
    ask,
    block: () => ask(report),
    /** Their processes end; what they held is told of it, as the lanes do. */
    end: (...gone: string[]): void => {
      up = up.filter(({ loop }) => !gone.includes(loop))
      for (const endpoint of endpoints.apply(up).removed) endpoint.state = 'dead'
    },
    /** Their successors serve. */
    start: (...back: string[]): void => {
      up = names.flatMap((name) => up.find(({ loop }) => loop === name) ?? (back.includes(name) ? process(name) : []))
      endpoints.apply(up)
    },
    silence: (is: boolean, ...which: string[]): void => {
      for (const loop of which) named(loop)!.silentSince = is ? clock.time : Number.POSITIVE_INFINITY
      endpoints.reopen()
    },
    pass: (ms: number): void => {
      clock.time += ms
      balancer.expire()
    },
  }
}

/** The loop it was given last, or `waits`. */
const placeOf = ({ tickets, waiter }: Client): string => (waiter === undefined ? (tickets.at(-1)?.endpoint.loop ?? 'refused') : 'waits')

test('requests of blocking routes go to the pool, one to each worker, and all others to the loops', () => {
  const { ask, block, confined } = cluster(2, 2)
  expect(Array.from({ length: 3 }, () => placeOf(block()))).toEqual(['b0', 'b1', 'waits'])
  expect(Array.from({ length: 6 }, () => placeOf(ask())).toSorted()).toEqual(['0', '0', '0', '1', '1', '1'])
  expect(confined).toEqual([true, true])
})

test('the next one gets a worker when that has nothing left to do with the one before, and the first in the queue gets it', () => {
  const { block } = cluster(1, 2)
  const [, second, third, fourth] = [block(), block(), block(), block()]
  second!.tickets[0]!.answered(200, 'link')
  expect(placeOf(third!)).toBe('waits')
  second!.tickets[0]!.settle('answered')
  expect([placeOf(third!), placeOf(fourth!)]).toEqual(['b1', 'waits'])
})

test('blocking requests wait for the pool, however long, while its workers do what they are there for', () => {
  const { block, silence, pass, balancer } = cluster(3, 1)
  block()
  const waiting = block()
  silence(true, 'b0')
  pass(poolHangsMs)
  expect(placeOf(waiting)).toBe('waits')
  silence(false, 'b0')
  pass(60_000)
  expect([placeOf(waiting), balancer.queued]).toEqual(['waits', 1])
})

test('where every worker hangs the loops serve blocking routes, and as soon as one is back the pool does again', () => {
  const { block, silence, pass } = cluster(2, 2)
  const held = [block(), block()]
  const waiting = block()
  silence(true, 'b0', 'b1')
  pass(poolHangsMs + 1)
  expect(['0', '1']).toContain(placeOf(waiting))
  silence(false, 'b1')
  held[1]!.tickets[0]!.settle('answered')
  expect(placeOf(block())).toBe('b1')
})

test('where every worker hangs, loops that are kept for blocking routes take them one at a time', () => {
  const { block, named, endpoints, silence, pass } = cluster(3, 1)
  block()
  named('2')!.claimed = true
  endpoints.reopen()
  expect(placeOf(block())).toBe('waits')
  silence(true, 'b0')
  pass(poolHangsMs + 1)
  expect(named('2')!.inFlight).toBe(1)
  expect(placeOf(block())).toBe('waits')
})

test('where the pool is gone the loops serve blocking routes, those that waited for it first', () => {
  const { ask, block, end, start } = cluster(1, 1, { loopCap: 1 })
  block()
  const waiting = block()
  end('b0')
  expect(placeOf(waiting)).toBe('0')
  const next = block()
  expect(placeOf(next)).toBe('waits')
  start('b0')
  expect(placeOf(block())).not.toBe('0')
  expect(placeOf(ask())).toBe('waits')
})

test('where no loop serves the pool takes every request, one at a time and in the order they came', () => {
  const { ask, block, end, start, named } = cluster(2, 2)
  end('0', '1')
  const clients = [block(), ask(), ask(), block(), ask()]
  expect(clients.map(placeOf)).toEqual(['b0', 'b1', 'waits', 'waits', 'waits'])
  clients[0]!.tickets[0]!.settle('answered')
  expect([clients[2]!, clients[3]!].map(placeOf)).toEqual(['b0', 'waits'])
  start('0')
  expect(clients.slice(3).map(placeOf)).toEqual(['0', '0'])
  expect(placeOf(ask())).toBe('0')
  expect(named('b0')!.inFlight).toBe(1)
})

test('ordinary requests never take the pool while a loop serves: full, silent or failed', () => {
  const { ask, silence, named } = cluster(2, 2, { loopCap: 1 })
  silence(true, '0', '1')
  expect([placeOf(ask()), placeOf(ask()), placeOf(ask())].toSorted()).toEqual(['0', '1', 'waits'])
  expect(placeOf(ask(ordinary, (client) => (client.avoid = named('b0'))))).toBe('waits')
})

test('who sticks to a loop gets it, for blocking routes too: its state is there', () => {
  const { ask } = cluster(3, 3, { sticky: true })
  const stuck = (kind: RouteKind, key: string): string => placeOf(ask(kind, (client) => (client.stickyKey = key)))
  for (let index = 0; index < 20; index++) {
    const home = stuck(ordinary, `client ${index}`)
    expect(['0', '1', '2']).toContain(home)
    expect(stuck(report, `client ${index}`)).toBe(home)
  }
})

test('a request whose worker died goes to another worker, or waits for the next one that is free', () => {
  const { ask, block, end, named, balancer } = cluster(2, 2)
  const [first, second] = [block(), block()]
  const dead = named('b0')
  end('b0')
  first.tickets[0]!.settle('failed')
  const again = ask(report, (client) => (client.avoid = dead))
  expect(placeOf(again)).toBe('waits')
  second.tickets[0]!.settle('answered')
  expect([placeOf(again), balancer.inFlight]).toEqual(['b1', 1])
})

test('a request that failed on the only worker goes there again before it waits for ever', () => {
  const { ask, named } = cluster(2, 1)
  expect(placeOf(ask(report, (client) => (client.avoid = named('b0'))))).toBe('b0')
})

test('an explanation names the pool', () => {
  const { balancer, block } = cluster(1, 2)
  block()
  const { chosen, reason, candidates } = balancer.explain(report, 1, undefined)
  expect([chosen, reason]).toEqual(['b1', 'it is a worker for blocking routes and holds none'])
  expect(candidates.map(({ standing }) => standing)).toEqual(['reserved', 'full', 'eligible'])
  expect(balancer.explain(ordinary, 1, undefined).candidates.map(({ standing }) => standing)).toEqual(['eligible', 'full', 'pool'])
})

test('a burst of long requests waits for the pool until its turn comes, and other requests notice nothing of it', () => {
  const workers = new TimedWorkers({ open: 2, pool: 4 })
  const long: RouteKind = { ...report, holdMs: 0 }
  for (let count = 0; count < 20; count++) workers.send(2_000, long)
  workers.stream(20, 10_000, () => workers.send(10))
  workers.time.run(30_000)
  expect(workers.jobs.filter(({ refusedAt }) => refusedAt !== undefined)).toEqual([])
  expect(workers.jobs.filter(({ kind, begunAt, cameAt }) => kind === ordinary && begunAt !== cameAt)).toEqual([])
})

test('a pool that is asked for more than it can do refuses by what its requests take, waiting included', () => {
  const workers = new TimedWorkers({ open: 1, pool: 2 })
  // They hold their worker for 20 ms of a second.
  const waiting: RouteKind = { ...report, holdMs: 20 }
  workers.stream(6, 60_000, () => workers.send(1_000, waiting))
  workers.time.run(70_000)
  const waits = workers.jobs.flatMap(({ begunAt, cameAt }) => (begunAt === undefined ? [] : [begunAt - cameAt]))
  expect(waits.length).toBeGreaterThan(110)
  expect(
    workers.jobs.filter(({ refusedAt }) => refusedAt !== undefined).every(({ refusedAt, cameAt }) => refusedAt! - cameAt >= 4_000),
  ).toBe(true)
})

const operations = ['ask', 'ask', 'block', 'block', 'settle', 'settle', 'fail', 'end', 'start', 'silence', 'speak', 'pass'] as const
const steps = fc.array(fc.record({ op: fc.constantFrom(...operations), index: fc.nat(30) }), { maxLength: 80 })

test('whatever happens, nothing is lost, no worker has two, and each kind keeps to its own while that serves', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 1))
  fc.assert(
    fc.property(sizes, steps, ([loops, workers, loopCap], all) => {
      const made = cluster(loops, workers, { loopCap })
      const { balancer, endpoints, clock } = made
      const names = endpoints.all.map(({ loop }) => loop)
      const clients: Client[] = []
      const served = new Map<Client, number>()
      // Whoever came while its own kind of place was gone waits with the others, and is given what there is.
      const strays = new Set<Client>()
      const serves = (forBlocking: boolean): boolean => endpoints.serving.some((endpoint) => endpoint.forBlocking === forBlocking)
      const poolServes = (): boolean =>
        endpoints.serving.some((endpoint) => endpoint.forBlocking && endpoint.silentSince >= clock.time - poolHangsMs)
      const check = (client: Client): void => {
        const { endpoint } = client.tickets.at(-1)!
        if (client.kind === ordinary) expect(endpoint.forBlocking && serves(false)).toBe(false)
        else if (!strays.has(client)) expect(!endpoint.forBlocking && poolServes()).toBe(false)
      }
      const look = (): void => {
        for (const client of clients) {
          if (client.tickets.length > (served.get(client) ?? 0)) check(client)
          served.set(client, client.tickets.length)
          if (client.waiter !== undefined && !(serves(true) && serves(false))) strays.add(client)
        }
        const open = clients.flatMap(({ tickets }) => tickets).filter((ticket) => ticket.open)
        expect(balancer.inFlight).toBe(open.length)
        for (const endpoint of endpoints.all) {
          expect(endpoint.inFlight).toBe(open.filter((ticket) => ticket.endpoint === endpoint).length)
          if (endpoint.cap > 0) expect(endpoint.inFlight).toBeLessThanOrEqual(endpoint.cap)
        }
        for (const { tickets, refusals, waiter } of clients) {
          const isOpen = tickets.some((ticket) => ticket.open)
          expect(refusals).toEqual([])
          expect(isOpen && waiter !== undefined).toBe(false)
          expect(isOpen || waiter !== undefined || tickets.length > 0).toBe(true)
        }
      }
      for (const { op, index } of all) {
        const name = names[index % names.length]!
        const client = clients[index]
        const ticket = client?.tickets.at(-1)
        if (op === 'ask') clients.push(made.ask())
        else if (op === 'block') clients.push(made.block())
        else if (op === 'settle') ticket?.settle('answered')
        else if (op === 'end') made.end(name)
        else if (op === 'start') made.start(name)
        else if (op === 'pass') made.pass(index * 100)
        else if (op === 'fail') {
          if (client === undefined || ticket?.open !== true) continue
          ticket.settle('failed')
          client.avoid = ticket.endpoint
          balancer.claim(client)
        } else if (made.named(name) !== undefined) made.silence(op === 'silence', name)
        look()
      }
      // Left alone, everyone is served in the end.
      made.start(...names)
      made.silence(false, ...names)
      made.pass(60_000)
      for (let round = 0; round < clients.length + 1; round++) for (const client of clients) client.tickets.at(-1)?.settle('answered')
      expect([balancer.inFlight, balancer.queued]).toEqual([0, 0])
      expect(endpoints.all.every(({ inFlight, blockingInFlight }) => inFlight === 0 && blockingInFlight === 0)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
