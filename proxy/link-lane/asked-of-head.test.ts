import { describe, expect, it } from 'vitest'

import type { Asked } from '../access-log/line.ts'
import type { ForwardedValues } from '../forwarded.ts'
import { HeadScanner, scan } from '../head-scanner.ts'
import { askedOfHead } from './asked-of-head.ts'
import { type EncodedHead, writeRequestHead } from './request-writer.ts'

const client = { address: '192.0.2.1', port: 1 }

function asked(fields: readonly string[], said?: ForwardedValues): Asked {
  const bytes = Buffer.from(['POST /a?b HTTP/1.1', 'Host: a:80', ...fields, '', ''].join('\r\n'), 'latin1')
  const scanner = new HeadScanner({ headerBytes: 16_384, headerCount: 100, urlBytes: 8_192 })
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(scan.complete)
  const head: EncodedHead = { bytes: Buffer.alloc(0), length: 0, fields: 0, ownLength: 0 }
  writeRequestHead(head, scanner, bytes, 0, client, 'id', said)
  return askedOfHead(head)
}

describe('what is read out of the head that was written for the loop', () => {
  it.each(['User-Agent', 'user-agent', 'USER-agent'])('finds %s', (name) => {
    expect(asked(['Accept: x', `${name}: me \u00e9`, 'X: y'])).toEqual({
      method: 'POST',
      target: '/a?b',
      version: '1.1',
      host: 'a:80',
      forwardedFor: '192.0.2.1',
      userAgent: 'me \u00e9',
      traceparent: undefined,
    })
  })

  it('finds traceparent in any spelling, and what is not there is not known', () => {
    for (const name of ['traceparent', 'Traceparent', 'TRACEPARENT']) expect(asked([`${name}: t`]).traceparent).toBe('t')
    expect(asked(['User-Agens: x', 'Traceparena: x']).userAgent).toBeUndefined()
  })

  it('takes host and client from a trusted proxy, as the app does', () => {
    const said: ForwardedValues = {
      trusted: true,
      for: '7.7.7.7, 192.0.2.1',
      proto: 'https',
      host: 'shop',
      requestId: 'id',
      forwarded: undefined,
    }
    expect(asked([], said)).toMatchObject({ host: 'shop', forwardedFor: '7.7.7.7, 192.0.2.1' })
  })
})
