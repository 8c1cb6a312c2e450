import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Candidate, Decision } from '../../core/decision.ts'
import { AccessEntry } from './entry.ts'
import { accessLine, type Asked, jsonText, type LineFacts } from './line.ts'

const asked: Asked = {
  method: 'GET',
  target: '/users/7?token=s3cret',
  version: '1.1',
  host: 'shop.example:8080',
  forwardedFor: '192.0.2.1',
  userAgent: 'curl/8',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}
const facts: LineFacts = {
  time: '2026-11-20T10:00:00.123Z',
  balancer: '0',
  durationMs: 12.3456,
  clientAddress: undefined,
  withQuery: false,
  withDecision: false,
}
const decision: Decision = {
  ...{ route: 'GET /users/:id', class: 'async', priority: 'normal', policy: 'p2c', chosen: '3', reason: 'so', queued: 0 },
  candidates: [{ loop: '3', key: '3', inFlight: 2, blocking: 0, limit: 0, latencyMs: 1, standing: 'eligible' }],
}

function entryOf(more: Partial<AccessEntry> = {}): AccessEntry {
  const entry = new AccessEntry('link', 'abc-1', 0, '192.0.2.1', 50_000)
  return Object.assign(entry, { loop: '3', attempts: 1, status: 200, responseBytes: 17, waitedMs: 1.5 }, more)
}

const parsed = (entry: AccessEntry, request: Asked = asked, more: Partial<LineFacts> = {}): Record<string, unknown> => {
  const line = accessLine(entry, request, { ...facts, ...more })
  expect(line.indexOf('\n')).toBe(line.length - 1)
  return JSON.parse(line) as Record<string, unknown>
}

describe('a line of the access log', () => {
  it('says everything under the names of OpenTelemetry, and the rest under evenloop', () => {
    expect(parsed(entryOf())).toEqual({
      timestamp: '2026-11-20T10:00:00.123Z',
      'http.request.method': 'GET',
      'url.path': '/users/7',
      'http.response.status_code': 200,
      'http.server.request.duration': 0.012346,
      'http.request.body.size': 0,
      'http.response.body.size': 17,
      'client.address': '192.0.2.1',
      'client.port': 50_000,
      'server.address': 'shop.example',
      'server.port': 8080,
      'network.protocol.version': '1.1',
      'user_agent.original': 'curl/8',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      trace_flags: '01',
      'evenloop.request_id': 'abc-1',
      'evenloop.balancer': '0',
      'evenloop.loop': '3',
      'evenloop.lane': 'link',
      'evenloop.attempts': 1,
      'evenloop.queue_ms': 1.5,
    })
  })

  it('holds the query only where that is asked for', () => {
    expect(parsed(entryOf())).not.toHaveProperty(['url.query'])
    expect(parsed(entryOf(), asked, { withQuery: true })).toMatchObject({ 'url.path': '/users/7', 'url.query': 'token=s3cret' })
  })

  it('says why the loop was chosen, and the route, only where that is asked for', () => {
    expect(Object.keys(parsed(entryOf({ decision })))).not.toContain('evenloop.decision')
    expect(parsed(entryOf({ decision }), asked, { withDecision: true })).toMatchObject({
      'evenloop.route': 'GET /users/:id',
      'evenloop.decision': 'loop=3; policy=p2c; class=async; priority=normal; route="GET /users/:id"; reason="so"; candidates="3:2"',
    })
    expect(parsed(entryOf(), asked, { withDecision: true })).not.toHaveProperty(['evenloop.decision'])
    const line = parsed(entryOf({ decision: { ...decision, route: undefined } }), asked, { withDecision: true })
    expect(line).not.toHaveProperty(['evenloop.route'])
    expect(line).toHaveProperty(['evenloop.decision'])
  })

  it('leaves out what is not known', () => {
    const unknown: Asked = {
      method: '',
      target: '',
      version: '',
      host: undefined,
      forwardedFor: undefined,
      userAgent: undefined,
      traceparent: undefined,
    }
    const refused = entryOf({ loop: undefined, attempts: 0, status: 400, error: 'BAD_REQUEST', responseBytes: Number.NaN, waitedMs: 0 })
    expect(Object.keys(parsed(refused, unknown))).toEqual([
      ...['timestamp', 'http.request.method', 'http.response.status_code', 'error.type', 'http.server.request.duration'],
      ...['http.request.body.size', 'client.address', 'client.port', 'evenloop.request_id', 'evenloop.balancer', 'evenloop.lane'],
      ...['evenloop.attempts', 'evenloop.queue_ms'],
    ])
    expect(parsed(entryOf({ status: 0, error: 'CLIENT_GONE' }))).not.toHaveProperty(['http.response.status_code'])
  })

  it('gives a 5xx of the app its status as the type of the error', () => {
    expect(parsed(entryOf({ status: 500 }))).toMatchObject({ 'error.type': '500' })
    expect(parsed(entryOf({ status: 502, error: 'LOOP_FAILED' }))).toMatchObject({ 'error.type': 'LOOP_FAILED' })
    expect(parsed(entryOf({ status: 404 }))).not.toHaveProperty(['error.type'])
  })

  it('shows the client behind a trusted proxy, and the proxy as the peer', () => {
    const line = parsed(entryOf(), asked, { clientAddress: '203.0.113.9' })
    expect(line).toMatchObject({ 'client.address': '203.0.113.9', 'network.peer.address': '192.0.2.1', 'network.peer.port': 50_000 })
    expect(line).not.toHaveProperty(['client.port'])
  })

  it.each([
    ['a', 'a', undefined],
    ['[::1]', '[::1]', undefined],
    ['[::1]:80', '[::1]', 80],
    ['a:b', 'a:b', undefined],
  ])('reads the host %s', (host, address, port) => {
    const line = parsed(entryOf(), { ...asked, host })
    expect([line['server.address'], line['server.port']]).toEqual([address, port])
  })

  it.each([
    ['QUERY', { 'http.request.method': 'QUERY' }],
    ['PROPFIND', { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' }],
    ['get"', { 'http.request.method': '_OTHER' }],
  ])('names the method %s', (method, expected) => {
    expect(parsed(entryOf(), { ...asked, method })).toMatchObject(expected)
  })

  it('takes no traceparent that is none', () => {
    for (const traceparent of ['', 'x', '00-0-0-01', '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01']) {
      expect(parsed(entryOf(), { ...asked, traceparent })).not.toHaveProperty('trace_id')
    }
  })

  it('is one line of ASCII that fits into one write to a pipe, whatever a client sends', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 9_000 }),
    )
    fc.assert(
      fc.property(fc.array(text, { minLength: 11, maxLength: 11 }), ([a, b, c, d, e, f, g, h, i, j, k]) => {
        const hostile: Asked = {
          method: a!,
          target: `${b}?${c}`,
          version: '1.1',
          host: d!,
          forwardedFor: e!,
          userAgent: f!,
          traceparent: g!,
        }
        const why: Decision = { ...decision, route: b, reason: c!, candidates: Array(500).fill(decision.candidates[0]!) as Candidate[] }
        const entry = Object.assign(new AccessEntry('http', h!, 0, i!, 65_535), {
          ...{ loop: j!, attempts: 10, responseBytes: 1e15, decision: why },
        })
        const line = accessLine(entry, hostile, { ...facts, balancer: k!, clientAddress: e, withQuery: true, withDecision: true })
        expect(line).toMatch(/^[\x20-\x7e]+\n$/)
        expect(line.length).toBeLessThanOrEqual(4_096)
        JSON.parse(line)
      }),
    )
  })
})

describe('jsonText', () => {
  it('is what JSON reads back as the same text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => JSON.parse(`"${jsonText(text, 10_000)}"`) === text))
  })

  it('cuts what is too long, and never inside of an escape', () => {
    expect(jsonText('abcdef', 4)).toBe('abcd\\u2026')
    expect(jsonText('abc"""', 4)).toBe('abc\\u2026')
    expect(jsonText('abcd', 4)).toBe('abcd')
  })
})
