import { expect, test } from 'vitest'

import { plainAddress, TrustedAddresses } from './trusted-addresses.ts'

test('nobody is trusted unless named', () => {
  const nobody = new TrustedAddresses([])
  expect(['127.0.0.1', '::1', '10.0.0.1', undefined].some((address) => nobody.has(address))).toBe(false)
})

test.each([
  ['10.0.0.0/8', '10.200.3.4', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '::ffff:11.1.2.3', false],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['::1', '::1', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', 'fd12::1', false],
  ['::/0', '203.0.113.9', false],
])('%s and %s: %s', (range, address, expected) => {
  expect(new TrustedAddresses([range]).has(address)).toBe(expected)
})

test('something that is no address is not trusted', () => {
  expect(new TrustedAddresses(['0.0.0.0/0', '::/0']).has('unknown')).toBe(false)
})

test.each(['localhost', '10.0.0.0/33', 'fd00::/129', '10.0.0/8', '10.0.0.0/', '10.0.0.0/8/8', ''])(
  '%j is refused with what is accepted',
  (range) => {
    expect(() => new TrustedAddresses([range])).toThrow(
      `trustedProxies has ${JSON.stringify(range)}; accepted: an IP address or a CIDR range`,
    )
  },
)

test('addresses are written as people write them', () => {
  expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1')
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1')
  expect(plainAddress('192.0.2.1')).toBe('192.0.2.1')
})
