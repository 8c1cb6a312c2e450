import { expect, test } from 'vitest'

import { trustedHops } from './trusted-hops.ts'

test('the balancer is believed whatever its address, which a unix socket has none of', () => {
  expect(trustedHops([])(undefined, 0)).toBe(true)
})

test('further hops are believed only where the operator trusts them', () => {
  const trust = trustedHops(['10.0.0.0/8', '2001:db8::1', 'not an address'])
  expect(trust('10.1.2.3', 1)).toBe(true)
  expect(trust('2001:db8::1', 2)).toBe(true)
  expect(trust('11.1.2.3', 1)).toBe(false)
  expect(trust('unknown', 1)).toBe(false)
})
