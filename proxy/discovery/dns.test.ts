import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { logLines } from '../../test/support/log-lines.ts'
import type { EndpointIdentity } from '../balancing/endpoint.ts'
import { DnsDiscovery, type Resolver } from './dns.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const target = { lane: 'http', kind: 'dns', name: 'loops', port: 7000 } as const

function setup(resolve: Resolver) {
  const { log, lines } = logLines()
  const reports: string[][] = []
  const discovery = new DnsDiscovery(target, { cap: 0, log, resolve })
  discovery.start((identities) => reports.push(identities.map(({ key, state }) => (state === 'draining' ? `${key} draining` : key))))
  return { discovery, reports, warnings: () => lines.filter(({ level }) => level >= 40).map(({ msg }) => msg), lines }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('every address of the name is an endpoint, of both families', async () => {
  const found: EndpointIdentity[] = []
  const discovery = new DnsDiscovery(target, { cap: 4, log: logLines().log, resolve: async () => ['fd00::2', '10.0.0.1', '10.0.0.1'] })
  discovery.start((identities) => found.push(...identities))
  await pass(0)
  discovery.stop()
  expect(found).toEqual([
    {
      key: '10.0.0.1:7000',
      loop: '10.0.0.1:7000',
      address: { lane: 'http', kind: 'tcp', host: '10.0.0.1', port: 7000 },
      node: false,
      cap: 4,
      state: 'starting',
    },
    {
      key: '[fd00::2]:7000',
      loop: '[fd00::2]:7000',
      address: { lane: 'http', kind: 'tcp', host: 'fd00::2', port: 7000 },
      node: false,
      cap: 4,
      state: 'starting',
    },
  ])
})

test('the addresses of a name behind dns+link are loops of ours', async () => {
  const found: EndpointIdentity[] = []
  const discovery = new DnsDiscovery({ ...target, lane: 'link' }, { cap: 0, log: logLines().log, resolve: async () => ['10.0.0.1'] })
  discovery.start((identities) => found.push(...identities))
  await pass(0)
  discovery.stop()
  expect(found).toMatchObject([{ address: { lane: 'link', kind: 'tcp', host: '10.0.0.1' }, node: true, state: 'starting' }])
})

test('it follows the name: new addresses join, vanished ones drain for one answer and are gone', async () => {
  let hosts = ['10.0.0.1', '10.0.0.2']
  const { reports } = setup(async () => hosts)
  await pass(0)
  hosts = ['10.0.0.3', '10.0.0.2']
  await pass(3_000)
  expect(reports).toEqual([
    ['10.0.0.1:7000', '10.0.0.2:7000'],
    ['10.0.0.2:7000', '10.0.0.3:7000', '10.0.0.1:7000 draining'],
    ['10.0.0.2:7000', '10.0.0.3:7000'],
  ])
})

test('an answer in another order is no change', async () => {
  let hosts = ['10.0.0.1', '10.0.0.2']
  const { reports } = setup(async () => hosts)
  await pass(0)
  hosts = ['10.0.0.2', '10.0.0.1']
  await pass(3_000)
  expect(reports).toHaveLength(1)
})

test('an address that comes back before it is gone is an endpoint again', async () => {
  let hosts = ['10.0.0.1', '10.0.0.2']
  const { reports } = setup(async () => hosts)
  await pass(0)
  hosts = ['10.0.0.1']
  await pass(1_000)
  hosts = ['10.0.0.1', '10.0.0.2']
  await pass(1_000)
  expect(reports.at(-1)).toEqual(['10.0.0.1:7000', '10.0.0.2:7000'])
})

test('while the name does not resolve, the last good answer stands and one line says so', async () => {
  let fails = false
  let empty = false
  const { reports, warnings, lines } = setup(async () => {
    if (fails) throw new Error('queryA ETIMEOUT')
    return empty ? [] : ['10.0.0.1']
  })
  await pass(0)
  fails = true
  await pass(5_000)
  fails = false
  empty = true
  await pass(5_000)
  expect(reports).toEqual([['10.0.0.1:7000']])
  expect(warnings()).toHaveLength(1)
  empty = false
  await pass(1_000)
  expect(lines.at(-1)!.msg).toBe('the name of the loops resolves again')
})

test('a name server that hangs is asked one question at a time', async () => {
  let asked = 0
  setup(() => {
    asked += 1
    return new Promise(() => {})
  })
  await pass(60_000)
  expect(asked).toBe(1)
})

test('stopped, it reports nothing more, not even an answer under way', async () => {
  let answer: (hosts: string[]) => void = () => {}
  const { discovery, reports } = setup(() => new Promise((resolve) => (answer = resolve)))
  discovery.stop()
  answer(['10.0.0.1'])
  await pass(5_000)
  expect(reports).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

test('without a resolver of its own it knows the names of the system', async () => {
  vi.useRealTimers()
  const discovery = new DnsDiscovery({ ...target, name: 'localhost' }, { cap: 0, log: logLines().log })
  const identities = await new Promise<readonly EndpointIdentity[]>((resolve) => discovery.start(resolve))
  discovery.stop()
  expect(identities.map(({ key }) => key)).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|\[::1\]):7000$/)]))
})
