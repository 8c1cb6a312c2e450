import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { EndpointSpec, SupervisorToBalancer } from '../core/messages.ts'
import { Endpoints } from './endpoints.ts'

const spec = (key: string, state: EndpointSpec['state'] = 'ready'): EndpointSpec => ({
  key,
  loop: key,
  address: `http+unix:/${key}`,
  state,
  concurrency: 0,
  node: true,
  forBlocking: false,
})

function balancer(endpoints: Endpoints, name: string) {
  const heard: SupervisorToBalancer[] = []
  endpoints.attach(name, (message) => heard.push(message))
  const last = () => heard.at(-1) as Extract<SupervisorToBalancer, { type: 'endpoints' }>
  return { heard, last, apply: () => endpoints.applied(name, last().version) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a balancer is told the state of things when it comes, and each change after', () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a')])
  const one = balancer(endpoints, '1')
  expect(one.last().endpoints).toEqual([spec('a')])
  const { version } = one.last()
  endpoints.update([spec('b')], ['a'])
  expect(one.last()).toEqual({ type: 'endpoints', version: version + 1, endpoints: [spec('b')] })
})

test('what changes nothing is not told', () => {
  const endpoints = new Endpoints()
  const one = balancer(endpoints, '1')
  endpoints.update([], ['unknown'])
  expect(one.heard).toHaveLength(1)
})

test('a loop is released when every balancer has applied the change and holds nothing on it', async () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a')])
  const one = balancer(endpoints, '1')
  const two = balancer(endpoints, '2')
  const done = vi.fn()
  void endpoints.release(spec('a', 'draining'), 1000, [spec('b')]).then(done)
  expect(one.last().endpoints.map((each) => [each.key, each.state])).toEqual([
    ['a', 'draining'],
    ['b', 'ready'],
  ])
  one.apply()
  endpoints.released('1', 'a')
  two.apply()
  await vi.advanceTimersByTimeAsync(0)
  expect(done).not.toHaveBeenCalled()
  endpoints.released('2', 'a')
  await vi.advanceTimersByTimeAsync(0)
  expect(done).toHaveBeenCalledWith(true)
})

test('a balancer that dies meanwhile is not waited for, nor one that comes later', async () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a')])
  balancer(endpoints, '1')
  const done = vi.fn()
  void endpoints.release(spec('a', 'draining'), 1000).then(done)
  balancer(endpoints, '2')
  endpoints.detach('1')
  await vi.advanceTimersByTimeAsync(0)
  expect(done).toHaveBeenCalledWith(true)
})

test('a loop that dies meanwhile is released', async () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a')])
  balancer(endpoints, '1')
  const done = endpoints.release(spec('a', 'draining'), 1000)
  endpoints.update([], ['a'])
  expect(await done).toBe(true)
})

test('a balancer that does not let go is waited for until the limit', async () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a')])
  balancer(endpoints, '1').apply()
  const done = endpoints.release(spec('a', 'draining'), 1000)
  await vi.advanceTimersByTimeAsync(1000)
  expect(await done).toBe(false)
})

describe('a loop', () => {
  function silent() {
    const onSilence = vi.fn()
    const endpoints = new Endpoints(onSilence)
    endpoints.update([spec('a'), spec('b')])
    balancer(endpoints, '1')
    balancer(endpoints, '2')
    endpoints.silence('1', 'a', true)
    return { endpoints, onSilence }
  }

  test('is blocked as soon as one balancer says so, and it alone', () => {
    const { endpoints, onSilence } = silent()
    expect([endpoints.isBlocked('a'), endpoints.isBlocked('b')]).toEqual([true, false])
    endpoints.silence('1', 'a', true)
    expect(onSilence).toHaveBeenCalledOnce()
  })

  test('is not blocked any more when every balancer hears it again', () => {
    const { endpoints, onSilence } = silent()
    endpoints.silence('2', 'a', true)
    endpoints.silence('1', 'a', false)
    expect(endpoints.isBlocked('a')).toBe(true)
    endpoints.silence('2', 'a', false)
    expect(endpoints.isBlocked('a')).toBe(false)
    expect(onSilence).toHaveBeenCalledTimes(4)
  })

  test('is not held blocked by a balancer that died', () => {
    const { endpoints } = silent()
    endpoints.detach('1')
    expect(endpoints.isBlocked('a')).toBe(false)
  })

  test('that died is not blocked, whatever is said of it late', () => {
    const { endpoints } = silent()
    endpoints.update([], ['a'])
    endpoints.silence('2', 'a', true)
    expect(endpoints.isBlocked('a')).toBe(false)
  })
})

test('ready endpoints are counted', () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a'), spec('b', 'draining')])
  expect(endpoints.ready).toBe(1)
})

test('what is shown is applied when every balancer goes by it, whatever it still holds', async () => {
  const endpoints = new Endpoints()
  endpoints.update([spec('a')])
  const one = balancer(endpoints, '1')
  const two = balancer(endpoints, '2')
  const done = vi.fn()
  void endpoints.apply([spec('b'), spec('a', 'draining')], 1000).then(done)
  one.apply()
  await vi.advanceTimersByTimeAsync(0)
  expect(done).not.toHaveBeenCalled()
  two.apply()
  await vi.advanceTimersByTimeAsync(0)
  expect(done).toHaveBeenCalledExactlyOnceWith(true)
  void endpoints.apply([spec('c')], 1000).then(done)
  await vi.advanceTimersByTimeAsync(1000)
  expect(done).toHaveBeenLastCalledWith(false)
  expect(vi.getTimerCount()).toBe(0)
})
