import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { ManualClock, identity, tuning } from '../../test/support/endpoints.ts'
import { busyBeatMs, silenceMs } from '../../link/beat.ts'
import { frameType } from '../../link/frame.ts'
import { EndpointSet } from '../balancing/endpoint-set.ts'
import { SilenceWatch } from './silence-watch.ts'
import { UpstreamLink } from './upstream-link.ts'

const owner = { data: () => {}, credited: () => {}, taken: () => {}, gaveUp: () => {}, silenced: () => {}, lost: () => {} }
const head = { bytes: Buffer.alloc(16), length: 16, fields: 0, ownLength: 0 }
const sink = { destroyed: false, writableLength: 0, write: () => true, cork: () => {}, uncork: () => {} }

const beat = Buffer.alloc(24)
beat.writeUInt32LE(12, 0)
beat.writeUInt8(frameType.beat, 4)

interface Watched {
  readonly clock: ManualClock
  readonly link: UpstreamLink
  readonly flips: boolean[]
  readonly watch: SilenceWatch
  lose(): void
}

function watched(): Watched {
  const clock = new ManualClock()
  const endpoints = new EndpointSet(tuning, clock, true)
  endpoints.apply([identity('a', { address: { lane: 'link', kind: 'unix', path: '/run/a.sock' } })])
  const [endpoint] = endpoints.all
  const flips: boolean[] = []
  const watch = new SilenceWatch(endpoints, clock, ({ blocked }) => flips.push(blocked))
  const link = new UpstreamLink(sink, { clock, onState: () => {}, onBeat: () => {}, onRoutes: () => {}, onBusy: () => watch.begin() })
  endpoint!.link = link
  return { clock, link, flips, watch, lose: () => (endpoint!.link = undefined) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The clock and the timers go on together. */
function pass({ clock }: Watched, ms: number): void {
  for (let passed = 0; passed < ms; passed += busyBeatMs) {
    clock.time += busyBeatMs
    vi.advanceTimersByTime(busyBeatMs)
  }
}

test('a loop that holds a request and is silent for three beats is blocked, and is no more when it is heard', () => {
  const one = watched()
  one.link.request(owner, 1, head)
  pass(one, silenceMs)
  expect(one.flips).toEqual([])
  pass(one, 2 * busyBeatMs)
  expect(one.flips).toEqual([true])
  one.link.read(beat, 0, beat.length)
  pass(one, 2 * busyBeatMs)
  expect(one.flips).toEqual([true, false])
})

test('one that beats is not blocked, however long it holds the request', () => {
  const one = watched()
  one.link.request(owner, 1, head)
  for (let count = 0; count < 100; count += 1) {
    pass(one, busyBeatMs)
    one.link.read(beat, 0, beat.length)
  }
  expect(one.flips).toEqual([])
})

test('silence counts from the request: an idle loop beats rarely', () => {
  const one = watched()
  one.clock.time = 900
  one.link.request(owner, 1, head)
  pass(one, silenceMs)
  expect(one.flips).toEqual([])
})

test('a blocked loop whose link breaks is blocked no more, and nobody looks any longer', () => {
  const one = watched()
  one.link.request(owner, 1, head)
  pass(one, 2 * silenceMs)
  one.lose()
  pass(one, 2 * busyBeatMs)
  expect(one.flips).toEqual([true, false])
  expect(vi.getTimerCount()).toBe(0)
})

test('what was given to a silent loop while nobody was heard of may leave when another one is heard', () => {
  const clock = new ManualClock()
  const endpoints = new EndpointSet(tuning, clock, true)
  const address = { lane: 'link', kind: 'unix', path: '/run/x.sock' } as const
  endpoints.apply([identity('a', { address }), identity('b', { address })])
  const told: string[] = []
  const watch = new SilenceWatch(endpoints, clock, () => {})
  const parts = { clock, onState: () => {}, onBeat: () => {}, onRoutes: () => {}, onBusy: () => {} }
  const [a, b] = endpoints.all.map((endpoint) => (endpoint.link = new UpstreamLink(sink, parts)))
  a!.request(owner, 1, head)
  b!.request(owner, 1, head)
  clock.time = 2 * silenceMs
  watch.look()
  a!.request({ ...owner, silenced: () => told.push('late') }, 1, head)
  expect(told).toEqual([])
  b!.read(beat, 0, beat.length)
  watch.look()
  expect(told).toEqual(['late'])
})
