import { describe, expect, it } from 'vitest'

import type { Settings } from '../../config/schema.ts'
import { TrustedAddresses } from '../../core/trusted-addresses.ts'
import type { AccessEntry } from './entry.ts'
import { AccessLog, type Asker } from './access-log.ts'
import { askedOfBytes } from './asked.ts'

const peer = { address: '10.0.0.1', port: 4_000 }
const asker = (forwardedFor = peer.address): Asker => ({
  asked: () => ({ ...askedOfBytes(Buffer.from('GET /a HTTP/1.1\r\n')), forwardedFor }),
})

function logOf(settings: Partial<Settings['accessLog']> = {}, random = 0.5) {
  const lines: Record<string, unknown>[] = []
  const time = { clock: 1_000, wall: Date.UTC(2026, 0, 2, 3, 4, 5, 6) }
  const log = new AccessLog({
    settings: { mode: 'all', sample: 0.01, query: 'omit', decision: 'omit', ...settings },
    balancer: 'b',
    trusted: new TrustedAddresses(['10.0.0.0/8']),
    clock: { now: () => time.clock },
    wallClock: { now: () => time.wall },
    rng: () => random,
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  })
  const request = (change: (entry: AccessEntry) => void = () => {}, forwardedFor?: string): void => {
    const entry = log.begin('link', 'id', time.clock - 20, peer)
    entry.answered(200, 3)
    change(entry)
    log.end(entry, asker(forwardedFor))
  }
  return { log, lines, time, request }
}

describe('the access log', () => {
  it('writes a line for every request where it is asked for all', () => {
    const { lines, request } = logOf({ sample: 0 }, 0.999)
    for (let count = 0; count < 3; count++) request()
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatchObject({ 'url.path': '/a', 'http.response.status_code': 200, 'http.server.request.duration': 0.02 })
  })

  it.each([
    [0.25, 0.2499, 1],
    [0.25, 0.25, 0],
    [0, 0, 0],
    [1, 0.9999, 1],
  ])('with a sample of %f writes where the draw is %f: %i', (sample, draw, expected) => {
    const { lines, request } = logOf({ mode: 'sampled', sample }, draw)
    request()
    expect(lines).toHaveLength(expected)
  })

  it.each<[string, (entry: AccessEntry) => void]>([
    ['a 5xx of the app', (entry) => entry.answered(500, 0)],
    ['an answer of the balancer itself', (entry) => entry.failed('REQUEST_TIMEOUT', false)],
    ['an answer that was cut', (entry) => entry.failed('LOOP_FAILED', true)],
    ['a client that left', (entry) => entry.cut('CLIENT_GONE')],
  ])('never samples away %s', (_what, change) => {
    const { lines, request } = logOf({ mode: 'sampled', sample: 0 })
    request(change)
    expect(lines).toHaveLength(1)
  })

  it('never samples away what was refused before it was a request', () => {
    const { lines, log } = logOf({ mode: 'sampled', sample: 0 })
    log.refused('link', 'HEADERS_TOO_LARGE', 'id', peer, askedOfBytes())
    expect(lines).toMatchObject([{ 'http.response.status_code': 431, 'error.type': 'HEADERS_TOO_LARGE', 'evenloop.request_id': 'id' }])
  })

  it('counts the wait in the queue until the loop is given, or until the end', () => {
    const { lines, time, request } = logOf()
    request((entry) => {
      entry.waits(time.clock - 12)
      entry.granted({ issuedAt: time.clock - 2, endpoint: { loop: '7' } } as never, undefined)
    })
    request((entry) => entry.waits(time.clock - 9))
    expect(lines).toMatchObject([
      { 'evenloop.queue_ms': 10, 'evenloop.loop': '7', 'evenloop.attempts': 1 },
      { 'evenloop.queue_ms': 9, 'evenloop.attempts': 0 },
    ])
  })

  it('shows the time of day, whatever becomes of the second', () => {
    const { lines, time, request } = logOf()
    for (const wall of [time.wall, time.wall + 900, time.wall + 999.9, time.wall - 5_000]) {
      time.wall = wall
      request()
    }
    const seconds = lines.map(({ timestamp }) => timestamp)
    expect(seconds).toEqual([
      '2026-01-02T03:04:05.006Z',
      '2026-01-02T03:04:05.906Z',
      '2026-01-02T03:04:06.005Z',
      '2026-01-02T03:04:00.006Z',
    ])
  })

  it('believes addresses only as far back as trusted proxies wrote them', () => {
    const { lines, request } = logOf()
    request(undefined, '6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.1')
    request(undefined, '10.0.0.3, 10.0.0.1')
    request(undefined, '10.0.0.1')
    expect(lines.map((line) => line['client.address'])).toEqual(['203.0.113.9', '10.0.0.3', '10.0.0.1'])
  })
})

describe('what is made out of bytes that were refused', () => {
  it.each([
    ['GET /a?b=1 HTTP/1.1\r\nHost', 'GET', '/a?b=1'],
    ['GET /no-end', 'GET', '/no-end'],
    ['\u0016\u0003\u0001', '', ''],
    ['hello', '', ''],
    ['', '', ''],
  ])('%j', (text, method, target) => {
    expect(askedOfBytes(Buffer.from(text, 'latin1'))).toMatchObject({ method, target })
  })
})
