import { Value } from 'typebox/value'
import { expect, test } from 'vitest'

import type { Settings } from '../../config/schema.ts'
import { RateLimit } from '../../config/traffic-schema.ts'
import { TrustedAddresses } from '../../core/trusted-addresses.ts'
import { ManualClock } from '../../test/support/endpoints.ts'
import { createClientLimit } from './client-limit.ts'

const trusted = new TrustedAddresses(['10.0.0.0/8'])
const settingsOf = (some: Partial<Settings['rateLimit']>) => Value.Default(RateLimit, { requests: 1, ...some }) as Settings['rateLimit']
const limitOf = (some: Partial<Settings['rateLimit']> = {}, balancers = 1) =>
  createClientLimit(settingsOf(some), balancers, trusted, new ManualClock())!

/** Who is admitted of these, each coming once: address, X-Forwarded-For, header. */
const admits = (limit: ReturnType<typeof limitOf>, clients: readonly (readonly [string, (string | undefined)?, string?])[]): boolean[] =>
  clients.map(([peer, forwardedFor, value]) => limit.admit(peer, forwardedFor, value) === 0)

const many = (limit: ReturnType<typeof limitOf>): number =>
  admits(
    limit,
    Array.from({ length: 100 }, () => ['192.0.2.1'] as const),
  ).filter(Boolean).length

test('no limit is asked for by default', () => {
  expect(createClientLimit(settingsOf({ requests: 0 }), 1, trusted, new ManualClock())).toBeUndefined()
})

test('clients are told apart by their address', () => {
  expect(admits(limitOf(), [['192.0.2.1'], ['192.0.2.1'], ['192.0.2.2']])).toEqual([true, false, true])
})

test('behind trusted proxies they are told apart by the address that the proxy names', () => {
  const clients = [
    ['10.0.0.1', '192.0.2.1, 10.0.0.1'],
    ['10.0.0.2', 'made up, 192.0.2.1, 10.0.0.2'],
    ['10.0.0.1', '192.0.2.2, 10.0.0.1'],
  ] as const
  expect(admits(limitOf(), clients)).toEqual([true, false, true])
})

test('they are told apart by a header, and by their address where they have none', () => {
  const limit = limitOf({ by: 'header', header: 'X-Key' })
  expect(limit.header).toBe('x-key')
  const clients = [
    ['192.0.2.1', undefined, 'one'],
    ['192.0.2.2', undefined, 'one'],
    ['192.0.2.1', undefined, 'two'],
    ['192.0.2.1', undefined, ''],
    ['192.0.2.1'],
  ] as const
  expect(admits(limit, clients)).toEqual([true, false, true, true, false])
})

test('nobody uses up the share of an address by naming it in the header', () => {
  const limit = limitOf({ by: 'header' })
  expect(admits(limit, [['192.0.2.9', undefined, '192.0.2.1'], ['192.0.2.1']])).toEqual([true, true])
})

test('long values are told apart to their last letter', () => {
  const long = 'x'.repeat(10_000)
  const clients = [
    ['192.0.2.1', undefined, `${long}a`],
    ['192.0.2.1', undefined, `${long}b`],
    ['192.0.2.1', undefined, `${long}a`],
  ] as const
  expect(admits(limitOf({ by: 'header' }), clients)).toEqual([true, true, false])
})

test('who is refused hears in how many whole seconds to come again, at least 1', () => {
  const waits = (per: number): number => {
    const limit = limitOf({ per })
    limit.admit('192.0.2.1', undefined, undefined)
    return limit.admit('192.0.2.1', undefined, undefined)
  }
  expect([waits(100), waits(1_000), waits(1_001), waits(60_000)]).toEqual([1, 1, 2, 60])
})

test('the burst is what may come at once; without one it is the rate', () => {
  expect([many(limitOf({ requests: 20 })), many(limitOf({ requests: 20, burst: 5 })), many(limitOf({ requests: 5, burst: 20 }))]).toEqual([
    20, 5, 20,
  ])
})

test('several balancers share the limit, and each lets at least one through', () => {
  expect([many(limitOf({ requests: 20 }, 4)), many(limitOf({ requests: 20, burst: 8 }, 4)), many(limitOf({ requests: 2 }, 4))]).toEqual([
    5, 2, 1,
  ])
})
