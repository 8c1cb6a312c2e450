import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { balancerOf } from '../../test/support/balancer-of.ts'
import { identity, ManualClock, tuning } from '../../test/support/endpoints.ts'
import { Client } from '../../test/support/claimant.ts'
import type { Balancer, BalancerGauge } from './balancer.ts'
import { EndpointSet } from './endpoint-set.ts'
import type { Endpoint, EndpointIdentity } from './endpoint.ts'
import { PressureLimit } from './load/pressure.ts'
import type { Outcome } from './ticket.ts'

function build(
  identities: readonly EndpointIdentity[],
  more: { adaptive?: () => PressureLimit; queueLimit?: number; queueTimeoutMs?: number; queueDelayMs?: number } = {},
) {
  const clock = new ManualClock()
  const endpoints = new EndpointSet({ ...tuning, adaptive: more.adaptive }, clock)
  const released: string[] = []
  const counted: string[] = []
  const gauge: BalancerGauge = {
    queued: (waitedMs) => counted.push(`queued ${waitedMs}`),
    answered: (endpoint, statusCode, elapsedMs) => counted.push(`answered ${endpoint.key} ${statusCode} ${elapsedMs}`),
    shed: (reason) => counted.push(reason),
    placedBlocking: () => {},
  }
  const balancer = balancerOf(endpoints, clock, {
    gauge,
    queueLimit: more.queueLimit ?? 10,
    queueTimeoutMs: more.queueTimeoutMs ?? 100,
    queueDelayMs: more.queueDelayMs ?? 0,
    onReleased: (endpoint) => released.push(endpoint.key),
  })
  endpoints.apply(identities)
  return { clock, endpoints, balancer, released, counted }
}

const claim = (balancer: Balancer, client = new Client()): Client => {
  balancer.claim(client)
  return client
}

test('a request is given the loop that holds the fewest, and counts until it is settled, once', () => {
  const { balancer, endpoints } = build([identity('a'), identity('b')])
  const clients = [1, 2, 3, 4].map(() => claim(balancer))
  expect(endpoints.all.map(({ inFlight }) => inFlight)).toEqual([2, 2])
  expect(balancer.inFlight).toBe(4)
  for (const outcome of ['answered', 'failed', 'cancelled'] as const) clients[0]!.tickets[0]!.settle(outcome)
  expect(clients[0]!.tickets[0]!.open).toBe(false)
  expect(balancer.inFlight).toBe(3)
})

test('over the cap requests wait, and are served in the order they came', () => {
  const { balancer, clock, counted } = build([identity('a', { cap: 1 })])
  const [first, second, third] = [1, 2, 3].map(() => claim(balancer)) as [Client, Client, Client]
  expect([balancer.inFlight, balancer.queued]).toEqual([1, 2])
  clock.time = 40
  first.tickets[0]!.settle('answered')
  expect([second.tickets.length, third.tickets.length]).toEqual([1, 0])
  expect(counted).toEqual(['queued 40'])
  second.tickets[0]!.settle('answered')
  expect([third.tickets.length, balancer.queued]).toEqual([1, 0])
})

test('a full queue refuses at once: overloaded with somebody serving, else no loop', () => {
  const busy = build([identity('a', { cap: 1 })], { queueLimit: 0 })
  claim(busy.balancer)
  expect(claim(busy.balancer).refusals).toEqual(['OVERLOADED'])
  const empty = build([], { queueLimit: 0 })
  expect(claim(empty.balancer).refusals).toEqual(['NO_LOOP'])
  expect([busy.counted, empty.counted]).toEqual([['queue_full'], ['no_loop']])
})

test('who waits too long is refused', () => {
  const { balancer, clock, counted } = build([identity('a', { cap: 1 })])
  claim(balancer)
  const waiting = claim(balancer)
  clock.time = 99
  balancer.expire()
  expect(waiting.refusals).toEqual([])
  clock.time = 100
  balancer.expire()
  expect(waiting.refusals).toEqual(['OVERLOADED'])
  expect([balancer.queued, counted]).toEqual([0, ['queue_timeout']])
})

test('who withdraws is not served, and withdrawing twice is harmless', () => {
  const { balancer } = build([identity('a', { cap: 1 })])
  const first = claim(balancer)
  const gone = claim(balancer)
  const next = claim(balancer)
  balancer.withdraw(gone)
  balancer.withdraw(gone)
  first.tickets[0]!.settle('answered')
  expect([gone.tickets.length, next.tickets.length]).toEqual([0, 1])
})

test('a loop that comes serves those who wait', () => {
  const { balancer, endpoints } = build([])
  const waiting = claim(balancer)
  endpoints.apply([identity('a')])
  expect(waiting.tickets[0]!.endpoint.key).toBe('a')
})

test('the endpoint that failed is avoided, unless it is the only one', () => {
  const { balancer, endpoints } = build([identity('a'), identity('b')])
  const client = new Client()
  client.avoid = endpoints.all[0]
  for (let count = 0; count < 5; count += 1) balancer.claim(client)
  expect(client.tickets.map(({ endpoint }) => endpoint.key)).toEqual(['b', 'b', 'b', 'b', 'b'])
  endpoints.apply([identity('a')])
  balancer.claim(client)
  expect(client.tickets.at(-1)!.endpoint.key).toBe('a')
  endpoints.apply([identity('a', { state: 'draining' })])
  balancer.claim(client)
  expect(client.tickets).toHaveLength(6)
})

test('failures in a row eject an endpoint; who is cancelled says nothing of it', () => {
  const { balancer, endpoints } = build([identity('a', { cap: 1 }), identity('b')])
  for (let count = 0; count < 20; count += 1) claim(balancer).tickets[0]!.settle('cancelled')
  expect(endpoints.serving.length).toBe(2)
  const client = new Client()
  client.avoid = endpoints.all[1]
  for (let count = 0; count < tuning.ejectAfter; count += 1) {
    balancer.claim(client)
    client.tickets.at(-1)!.settle('failed')
  }
  expect(endpoints.serving.map(({ key }) => key)).toEqual(['b'])
})

test('who waits goes before who comes when an ejection ends by time', () => {
  const { balancer, endpoints, clock } = build([identity('a', { cap: 1 }), identity('b', { cap: 1 })], { queueTimeoutMs: 60_000 })
  for (const endpoint of endpoints.all.slice(0, 1)) while (!endpoint.outlier.isEjected(0)) endpoint.outlier.failure(0)
  endpoints.refresh()
  claim(balancer)
  const waiting = claim(balancer)
  clock.time = tuning.ejectFor
  const late = claim(balancer)
  expect([waiting.tickets.length, late.tickets.length]).toEqual([1, 0])
})

test('an endpoint that gets nothing new is released when its last ticket is settled', () => {
  const { balancer, endpoints, released } = build([identity('a')])
  const [first, second] = [claim(balancer), claim(balancer)]
  endpoints.apply([identity('a', { state: 'draining' })])
  first.tickets[0]!.settle('answered')
  expect(released).toEqual([])
  second.tickets[0]!.settle('failed')
  expect(released).toEqual(['a'])
})

test('the time to the head of a response is observed', () => {
  const { balancer, clock, counted } = build([identity('a')])
  const { tickets } = claim(balancer)
  clock.time = 25
  tickets[0]!.answered(204, 'link')
  expect(counted).toEqual(['answered a 204 25'])
})

test('an endpoint that says fast that it cannot serve does not look fast', () => {
  const { balancer, endpoints, clock } = build([identity('a'), identity('b')])
  const [well, ill] = [claim(balancer).tickets[0]!, claim(balancer).tickets[0]!]
  clock.time = 1
  well.answered(500, 'link')
  ill.answered(503, 'link')
  const cost = (index: number): number => endpoints.all[index]!.latency.cost(1, 0)
  expect([cost(0) < 200, cost(1) >= 1_000]).toEqual([true, true])
})

type Step =
  | { readonly op: 'claim'; readonly settles: boolean }
  | { readonly op: 'settle'; readonly index: number; readonly outcome: Outcome }
  | { readonly op: 'withdraw'; readonly index: number }
  | {
      readonly op: 'apply'
      readonly members: readonly { readonly key: string; readonly cap: number; readonly state: 'ready' | 'draining' }[]
    }
  | { readonly op: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('claim' as const), settles: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('settle' as const),
      index: fc.nat(60),
      outcome: fc.constantFrom('answered' as const, 'failed' as const, 'cancelled' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('withdraw' as const), index: fc.nat(60) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('apply' as const),
      members: fc.uniqueArray(
        fc.record({
          key: fc.constantFrom('a', 'b', 'c'),
          cap: fc.constantFrom(0, 1, 2),
          state: fc.constantFrom('ready' as const, 'draining' as const),
        }),
        {
          selector: ({ key }) => key,
        },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('wait' as const), ms: fc.nat(80) }) },
)

test('whatever happens, tickets are conserved, caps are kept, and each claimant is answered once and in its turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { balancer, endpoints, clock } = build([], { queueLimit: 4 })
      const known = new Set<Endpoint>()
      const clients: Client[] = []
      const withdrawn = new Set<Client>()
      const waited: Client[] = []
      const served: Client[] = []
      for (const one of steps) {
        if (one.op === 'claim') {
          const client: Client = new Client((ticket) => {
            served.push(client)
            const { endpoint } = ticket
            if (endpoint.cap > 0) expect(endpoint.inFlight).toBeLessThanOrEqual(endpoint.cap)
            expect(endpoint.state).toBe('ready')
            // A request can be over before the balancer has returned: a connection that cannot be made.
            if (one.settles) ticket.settle('failed')
          })
          clients.push(client)
          balancer.claim(client)
          if (client.waiter !== undefined) waited.push(client)
          // Nobody overtakes: served at once only where nobody was left waiting.
          if (client.tickets.length > 0 && !one.settles) expect(balancer.queued).toBe(0)
        } else if (one.op === 'settle') clients[one.index]?.tickets[0]?.settle(one.outcome)
        else if (one.op === 'withdraw') {
          const client = clients[one.index]
          if (client === undefined) continue
          if (client.waiter !== undefined) withdrawn.add(client)
          balancer.withdraw(client)
        } else if (one.op === 'apply') {
          for (const endpoint of endpoints.apply(one.members.map((member) => identity(member.key, member))).removed) endpoint.state = 'dead'
        } else {
          clock.time += one.ms
          balancer.expire()
          await Promise.resolve()
        }
        for (const endpoint of endpoints.all) known.add(endpoint)
        const open = clients.flatMap(({ tickets }) => tickets).filter((ticket) => ticket.open)
        expect(balancer.inFlight).toBe(open.length)
        for (const endpoint of known) expect(endpoint.inFlight).toBe(open.filter((ticket) => ticket.endpoint === endpoint).length)
        expect(balancer.queued).toBe(clients.filter(({ waiter }) => waiter !== undefined).length)
        expect(balancer.queued).toBeLessThanOrEqual(4)
        for (const client of clients) {
          const outcomes =
            client.tickets.length + client.refusals.length + (withdrawn.has(client) ? 1 : 0) + (client.waiter === undefined ? 0 : 1)
          expect(outcomes).toBe(1)
        }
      }
      const order = served.filter((client) => waited.includes(client))
      expect(order).toEqual(waited.filter((client) => served.includes(client)))
    }),
    { numRuns: 500 },
  )
})

test('who waits for the only loop to come back is refused at the deadline, and not for the delay of an overloaded queue', () => {
  const { balancer, endpoints, clock, counted } = build([], { queueTimeoutMs: 10_000, queueDelayMs: 500 })
  const waiting = Array.from({ length: 3 }, () => claim(balancer))
  for (clock.time = 0; clock.time < 5_000; clock.time += 100) balancer.expire()
  endpoints.apply([identity('a', { cap: 1 })])
  for (; clock.time < 10_000; clock.time += 100) balancer.expire()
  expect(waiting.map(({ tickets }) => tickets.length)).toEqual([1, 0, 0])
  expect(counted.filter((what) => !what.startsWith('queued'))).toEqual([])
  balancer.expire()
  expect(counted.slice(-2)).toEqual(['queue_timeout', 'queue_timeout'])
})

describe('a loop that beats', () => {
  const beating = () => {
    const made = build([identity('a')], { queueLimit: 1_000, adaptive: () => new PressureLimit(50) })
    const [endpoint] = made.endpoints.all
    /** Over the link, which counts what it carries. */
    const give = (count: number): Client[] =>
      Array.from({ length: count }, () => {
        const client = new Client(({ endpoint: { given } }) => void (endpoint!.given = given + 1))
        made.balancer.claim(client)
        return client
      })
    const beat = (): void => made.balancer.heard(endpoint!, 0)
    /** Requests that keep it busy for so long each. */
    const learn = (ms: number): void => {
      for (let count = 0; count < 300; count += 1) {
        const [client] = give(1)
        made.clock.time += ms
        client!.tickets[0]!.answered(200, 'link')
        client!.tickets[0]!.settle('answered')
        beat()
      }
    }
    return { ...made, give, beat, learn }
  }

  test('is given what keeps it busy for a moment; the rest waits until it is heard of', () => {
    const { balancer, give, beat, learn } = beating()
    learn(0.5)
    give(150)
    expect([balancer.inFlight, balancer.queued]).toEqual([100, 50])
    beat()
    expect([balancer.inFlight, balancer.queued]).toEqual([150, 0])
  })

  test('is given some at least, and as many as come before anything is known of it', () => {
    const { balancer, give, learn } = beating()
    give(500)
    expect(balancer.queued).toBe(0)
    const slow = beating()
    slow.learn(20)
    slow.give(40)
    expect([slow.balancer.inFlight, slow.balancer.queued]).toEqual([32, 8])
    learn(1)
  })

  test('is given more where nobody more may wait, the first that came', () => {
    const { balancer, give, learn } = beating()
    learn(20)
    const clients = give(1_100)
    expect([balancer.inFlight, balancer.queued]).toEqual([100, 1_000])
    expect(clients.map(({ tickets }) => tickets.length).lastIndexOf(1)).toBe(99)
    expect(clients.every(({ refusals }) => refusals.length === 0)).toBe(true)
  })

  test('what it is given another way does not count: it does not beat for that', () => {
    const { balancer, learn } = beating()
    learn(20)
    for (let count = 0; count < 100; count += 1) claim(balancer)
    expect([balancer.inFlight, balancer.queued]).toEqual([100, 0])
  })
})
