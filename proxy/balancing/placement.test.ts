import fc from 'fast-check'
import { expect, test } from 'vitest'

import { balancerOf } from '../../test/support/balancer-of.ts'
import { Client } from '../../test/support/claimant.ts'
import { identity, ManualClock, tuning } from '../../test/support/endpoints.ts'
import type { Endpoint, EndpointIdentity } from './endpoint.ts'
import { EndpointSet } from './endpoint-set.ts'
import { LeastRequest } from './policies/least-request.ts'
import { Rendezvous } from './policies/rendezvous.ts'
import { ordinary, type RouteKind } from './route-kind.ts'
import { SlowStart } from './slow-start.ts'
import { hangsMs } from './tiers.ts'

const blockingRoute: RouteKind = { name: 'GET /report', blocking: true, holdMs: 50, priority: 1 }
// Of a hold of 50 ms.
const patienceMs = 20

interface Options {
  readonly reserve?: number
  readonly cap?: number
  readonly sticky?: boolean
  readonly slowStartMs?: number
}

function cluster(count: number, { reserve = 1, cap = 0, sticky = false, slowStartMs = 0 }: Options = {}) {
  const clock = new ManualClock()
  const endpoints = new EndpointSet(tuning, clock)
  // The dice that never let a fresh one take part.
  const fresh = new SlowStart(slowStartMs, clock, () => 0.999)
  endpoints.onChange(() => fresh.follow(endpoints.serving))
  const alarms: { readonly at: number; readonly action: () => void }[] = []
  const confined: boolean[] = []
  const balancer = balancerOf(endpoints, clock, {
    policy: sticky ? new Rendezvous(new LeastRequest()) : new LeastRequest(),
    slowStart: fresh,
    reserve: () => reserve,
    gauge: { queued: () => {}, answered: () => {}, shed: () => {}, placedBlocking: (is) => confined.push(is) },
    later: (ms, action) => alarms.push({ at: clock.time + ms, action }),
  })
  const identities: EndpointIdentity[] = Array.from({ length: count }, (_, index) => identity(String(index), { cap }))
  endpoints.apply(identities)
  const isolate = (...keys: number[]): void => {
    for (const [index, endpoint] of endpoints.all.entries()) endpoint.claimed = keys.includes(index)
    endpoints.reopen()
  }
  const silence = (key: number, is = true): void => {
    endpoints.all[key]!.silentSince = is ? clock.time : Number.POSITIVE_INFINITY
    endpoints.reopen()
  }
  const pass = (ms: number): void => {
    clock.time += ms
    for (const alarm of alarms.splice(0)) {
      if (alarm.at <= clock.time) alarm.action()
      else alarms.push(alarm)
    }
  }
  const ask = (kind: RouteKind = ordinary): Client => {
    const client = new Client(undefined, kind)
    balancer.claim(client)
    return client
  }
  return { balancer, clock, endpoints, confined, isolate, silence, pass, ask, block: () => ask(blockingRoute) }
}

/** The loop it was given, or `waits`. */
const placeOf = (client: Client): string => client.tickets[0]?.endpoint.key ?? 'waits'

test('a silent loop is given nothing new while another one serves', () => {
  const { ask, silence } = cluster(3)
  silence(1)
  const places = Array.from({ length: 6 }, () => placeOf(ask()))
  expect(places.toSorted()).toEqual(['0', '0', '0', '2', '2', '2'])
  silence(1, false)
  expect(Array.from({ length: 3 }, () => placeOf(ask()))).toEqual(['1', '1', '1'])
})

test('where all are silent they serve as if none were', () => {
  const { ask, silence } = cluster(2)
  for (const key of [0, 1]) silence(key)
  expect([placeOf(ask()), placeOf(ask())].toSorted()).toEqual(['0', '1'])
})

test('requests of blocking routes go where they are kept, and the others elsewhere', () => {
  const { ask, block, isolate, confined } = cluster(4)
  isolate(3)
  expect(placeOf(block())).toBe('3')
  expect(Array.from({ length: 6 }, () => placeOf(ask())).toSorted()).toEqual(['0', '0', '1', '1', '2', '2'])
  expect(confined).toEqual([true])
})

test('one at a time: the next one waits in the balancer, and gets the loop when the first has answered', () => {
  const { block, isolate } = cluster(4)
  isolate(3)
  const [first, second] = [block(), block()]
  expect(placeOf(second)).toBe('waits')
  // The rest of the response is at its client's pace.
  first.tickets[0]!.answered(200, 'link')
  expect(placeOf(second)).toBe('3')
})

test('who has waited long enough takes another loop, the one that holds the fewest', () => {
  const { ask, block, isolate, pass, confined } = cluster(4)
  isolate(3)
  const others = [ask(), ask(), ask()]
  others[1]!.tickets[0]!.settle('answered')
  block()
  const second = block()
  pass(patienceMs - 1)
  expect(placeOf(second)).toBe('waits')
  pass(1)
  expect(placeOf(second)).toBe('1')
  expect(confined).toEqual([true, false])
})

test('blocking requests never take the last loop, however long they wait', () => {
  const { ask, block, isolate, pass } = cluster(3)
  isolate(2)
  const places = Array.from({ length: 5 }, block)
  pass(500)
  expect(places.map(placeOf).filter((place) => place !== 'waits').length).toBe(2)
  const free = ['0', '1'].find((loop) => !places.some((client) => placeOf(client) === loop))
  expect(Array.from({ length: 4 }, () => placeOf(ask()))).toEqual([free, free, free, free])
})

test('where nobody else needs one they take them all', () => {
  const { block, isolate, pass } = cluster(3, { reserve: 0 })
  isolate(2)
  const clients = Array.from({ length: 3 }, block)
  pass(patienceMs)
  expect(clients.map(placeOf).toSorted()).toEqual(['0', '1', '2'])
})

test('others avoid a loop that holds a blocking request, also where none is kept for those', () => {
  const { ask, block } = cluster(3)
  const held = placeOf(block())
  const places = Array.from({ length: 10 }, () => placeOf(ask()))
  expect(places).not.toContain(held)
})

test('others use the loop that is kept when theirs are full', () => {
  const { ask, isolate } = cluster(2, { cap: 1 })
  isolate(1)
  expect([placeOf(ask()), placeOf(ask()), placeOf(ask())]).toEqual(['0', '1', 'waits'])
})

test('a loop that falls silent while it is kept leaves blocking requests another way', () => {
  const { block, isolate, silence, pass } = cluster(3)
  isolate(2)
  silence(2)
  const client = block()
  expect(placeOf(client)).toBe('waits')
  pass(patienceMs)
  expect(['0', '1']).toContain(placeOf(client))
})

test('who sticks to a loop gets it, blocked, kept or not: its state is there', () => {
  const { balancer, endpoints, isolate, silence } = cluster(3, { sticky: true })
  const stuck = (): Client => {
    const client = new Client()
    client.stickyKey = 'somebody'
    balancer.claim(client)
    return client
  }
  const home = placeOf(stuck())
  silence(endpoints.all.findIndex(({ key }) => key === home))
  isolate(Number(home))
  expect(placeOf(stuck())).toBe(home)
})

test('a fresh loop takes part in few choices, but who sticks to it gets it', () => {
  const { balancer, endpoints, ask, pass } = cluster(1, { sticky: true, slowStartMs: 1_000 })
  pass(10_000)
  endpoints.apply([identity('0'), identity('1')])
  const stuckTo = (key: string): Client => {
    const client = new Client()
    client.stickyKey = key
    client.avoid = endpoints.all[2]
    balancer.claim(client)
    return client
  }
  expect([placeOf(ask()), placeOf(ask())]).toEqual(['0', '0'])
  const homes = Array.from({ length: 50 }, (_, index) => placeOf(stuckTo(`client ${index}`)))
  expect(new Set(homes)).toEqual(new Set(['0', '1']))
})

test('when loops are kept no longer, who waits for them is served like everyone', () => {
  const { block, isolate } = cluster(2)
  isolate(1)
  block()
  const waiting = block()
  expect(placeOf(waiting)).toBe('waits')
  isolate()
  expect(placeOf(waiting)).toBe('0')
})

test('an explanation says where a request would go and why, and gives nothing away', () => {
  const { balancer, endpoints, isolate } = cluster(3)
  isolate(2)
  const { chosen, class: kind, candidates } = balancer.explain(blockingRoute, 1, undefined)
  expect([chosen, kind]).toEqual(['2', 'blocking'])
  expect(candidates.map(({ standing }) => standing)).toEqual(['reserved', 'reserved', 'eligible'])
  expect(endpoints.all.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0])
})

type Step = { readonly op: 'ask' | 'block' | 'answer' | 'settle' | 'isolate' | 'silence' | 'speak' | 'pass'; readonly index: number }
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    op: fc.constantFrom('ask', 'ask', 'block', 'block', 'answer', 'settle', 'isolate', 'silence', 'speak', 'pass'),
    index: fc.nat(30),
  }) as fc.Arbitrary<Step>,
  { maxLength: 80 },
)

test('whatever happens, tickets are conserved, one loop stays free of blocking requests, and nobody is forgotten', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), steps, (count, all) => {
      const { balancer, clock, endpoints, isolate, silence, pass, ask, block } = cluster(count)
      const clients: Client[] = []
      let hung = false
      isolate(count - 1)
      for (const { op, index } of all) {
        if (op === 'ask') clients.push(ask())
        else if (op === 'block') clients.push(block())
        else if (op === 'answer') clients[index]?.tickets[0]?.answered(200, 'link')
        else if (op === 'settle') clients[index]?.tickets[0]?.settle('answered')
        else if (op === 'isolate') isolate(index % count)
        else if (op === 'pass') pass(index * 10)
        else silence(index % count, op === 'silence')
        const open = clients.flatMap(({ tickets }) => tickets).filter((ticket) => ticket.open)
        const heldBy = (endpoint: Endpoint): number => open.filter((ticket) => ticket.endpoint === endpoint).length
        for (const endpoint of endpoints.all) {
          expect(endpoint.inFlight).toBe(heldBy(endpoint))
          expect(endpoint.blockingInFlight).toBeGreaterThanOrEqual(0)
        }
        expect(balancer.inFlight).toBe(open.length)
        // Where other loops are kept than before, what those before still hold is not taken from them; and while the one that is kept
        // hangs, none is spared for the others.
        const moved = all.some((step) => step.op === 'isolate')
        hung ||= clock.time - endpoints.all[count - 1]!.silentSince > hangsMs
        if (!moved && !hung) expect(endpoints.all.filter(({ blockingInFlight }) => blockingInFlight === 0).length).toBeGreaterThan(0)
        expect(
          clients.every(({ tickets, refusals, waiter }) => tickets.length + refusals.length + (waiter === undefined ? 0 : 1) === 1),
        ).toBe(true)
      }
      // Left alone, everyone is served in the end.
      for (let index = 0; index < count; index++) silence(index, false)
      for (let round = 0; round < clients.length + 1; round++) {
        for (const client of clients) client.tickets[0]?.settle('answered')
        pass(10)
      }
      expect(clients.every(({ tickets }) => tickets.length === 1)).toBe(true)
      expect(endpoints.all.map(({ blockingInFlight, inFlight }) => [blockingInFlight, inFlight])).toEqual(endpoints.all.map(() => [0, 0]))
    }),
  )
})
