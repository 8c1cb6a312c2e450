import { expect, test } from 'vitest'

import { TrustedAddresses } from '../core/trusted-addresses.ts'
import { clientBehind } from './client-behind.ts'

const trusted = new TrustedAddresses(['10.0.0.0/8'])

test.each([
  ['whoever no proxy speaks for is the client itself', '192.0.2.1', undefined, undefined],
  ['what an untrusted client says of others counts for nothing', '192.0.2.1', '203.0.113.9', undefined],
  ['a trusted proxy names its client', '10.0.0.1', '203.0.113.9, 10.0.0.1', '203.0.113.9'],
  ['so do several in a row', '10.0.0.1', '203.0.113.9, 10.0.0.2, 10.0.0.1', '203.0.113.9'],
  ['what the client wrote itself stands before its address', '10.0.0.1', '198.51.100.7, 203.0.113.9,10.0.0.1', '203.0.113.9'],
  ['where all are trusted the first is the client', '10.0.0.1', '10.0.0.3, 10.0.0.2, 10.0.0.1', '10.0.0.3'],
  ['a proxy that names nobody is the client', '10.0.0.1', '10.0.0.1', undefined],
])('%s', (_, peer, forwardedFor, client) => expect(clientBehind(peer, forwardedFor, trusted)).toBe(client))
