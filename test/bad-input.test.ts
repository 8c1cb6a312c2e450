import { beforeAll, describe, expect, test } from 'vitest'

import { startCluster, type Cluster } from './support/cluster.ts'
import { connectRaw, exchange, parseResponse, type RawResponse } from './support/raw.ts'
import { replies, type ReplyCode } from '../core/replies.ts'

// What clients and apps do wrong, and what a client is told. One cluster with short limits serves all tests of a lane.
function expectReply(response: RawResponse, code: ReplyCode): void {
  expect(response.status).toBe(replies[code].status)
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(JSON.parse(response.body)).toEqual({ error: code, message: replies[code].message, requestId: expect.stringMatching(/^\S+$/) })
}

const get = (path: string, ...fields: string[]): string => [`GET ${path} HTTP/1.1`, 'Host: a', ...fields, '', ''].join('\r\n')

const last = (path: string, ...fields: string[]): string => get(path, 'Connection: close', ...fields)

describe.each(['link', 'http'])('on the %s lane', (lane) => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster({
      app: 'test/fixtures/misbehave-app.js',
      shared: true,
      args: [
        ...['--loops', '1', '--balancers', '1', '--kind', 'listener', '--lane', lane],
        ...['--timeouts-headers', '700ms', '--timeouts-body', '700ms', '--timeouts-response', '700ms'],
        ...['--limits-header-bytes', '4KiB', '--limits-header-count', '20', '--limits-url-bytes', '1KiB', '--limits-body-bytes', '64KiB'],
        // The app fails on purpose here: it is to stay in service all the same.
        ...['--health-eject-after', '1000'],
      ],
    })
  })

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.1\r\nHost: a\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a space before the colon', get('/ok', 'X-A : b')],
    ['a field without a colon', get('/ok', 'nonsense')],
    ['a zero byte in a value', get('/ok', 'X-A: b\0c')],
    ['a length that is no number', 'POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n'],
  ])('malformed HTTP is answered 400 and the connection closed: %s', async (_name, bytes) => {
    expectReply(await exchange(cluster.port, bytes), 'BAD_REQUEST')
  })

  test('a header over limits.headerBytes is answered 431', async () => {
    expectReply(await exchange(cluster.port, last('/ok', `X-Long: ${'x'.repeat(5_000)}`)), 'HEADERS_TOO_LARGE')
  })

  test('more fields than limits.headerCount are answered 431', async () => {
    expectReply(
      await exchange(cluster.port, last('/ok', ...Array.from({ length: 30 }, (_, index) => `X-${index}: 1`))),
      'HEADERS_TOO_LARGE',
    )
  })

  test('a target over limits.urlBytes is answered 414', async () => {
    expectReply(await exchange(cluster.port, last(`/ok?${'x'.repeat(1_100)}`)), 'URL_TOO_LONG')
  })

  test('a header that arrives too slowly is answered 408', async () => {
    const client = await connectRaw(cluster.port)
    const [answer] = await Promise.all([client.closed(), client.drip(get('/ok', `X-Slow: ${'x'.repeat(400)}`), 20)])
    expectReply(parseResponse(answer), 'REQUEST_TIMEOUT')
  })

  test('a body that stands still is answered 408', async () => {
    expectReply(await exchange(cluster.port, 'POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this'), 'REQUEST_TIMEOUT')
  })

  test('a body that arrives slowly but steadily is no timeout', async () => {
    const client = await connectRaw(cluster.port)
    client.send('POST /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 12\r\n\r\n')
    const [answer] = await Promise.all([client.closed(), client.drip('x'.repeat(12), 100)])
    expect(parseResponse(answer).status).toBe(200)
  })

  test('a body announced larger than limits.bodyBytes is answered 413', async () => {
    expectReply(await exchange(cluster.port, 'POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n'), 'BODY_TOO_LARGE')
  })

  test('a chunked body that grows larger than limits.bodyBytes is answered 413', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    expectReply(
      await exchange(cluster.port, `POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`),
      'BODY_TOO_LARGE',
    )
  })

  test('a body of exactly limits.bodyBytes is served', async () => {
    const response = await fetch(`${cluster.url}/count`, { method: 'POST', body: 'x'.repeat(65_536) })
    expect([response.status, await response.text()]).toEqual([200, '65536'])
  })

  test('an expectation other than 100-continue is answered 417', async () => {
    expectReply(await exchange(cluster.port, last('/ok', 'Expect: miracles')), 'EXPECTATION_FAILED')
  })

  test('a client that closes its side after the request gets its answer', async () => {
    const client = await connectRaw(cluster.port)
    client.send(get('/late'))
    client.halfClose()
    const response = parseResponse(await client.closed())
    expect(response.status).toBe(200)
    expect(response.body).toContain('late')
  })

  test('a client that closes its side inside the request gets no answer of the app', async () => {
    const client = await connectRaw(cluster.port)
    client.send('POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this')
    client.halfClose()
    expect(await client.closed()).not.toMatch(/^HTTP\/1\.1 2/)
  })

  test('a response cut off by the app before its head is answered 502', async () => {
    expectReply(await exchange(cluster.port, last('/cut-before-head')), 'LOOP_FAILED')
  })

  test('a response cut off inside a body of known length ends short, with the connection', async () => {
    const client = await connectRaw(cluster.port)
    client.send(get('/cut-in-length'))
    const response = parseResponse(await client.closed())
    expect(response).toMatchObject({ status: 200, headers: { 'content-length': '1000' } })
    expect(response.body.length).toBeLessThan(1000)
  })

  test('a response cut off inside a chunked body never looks complete', async () => {
    const client = await connectRaw(cluster.port)
    client.send(get('/cut-in-chunks'))
    const response = parseResponse(await client.closed())
    expect(response).toMatchObject({ status: 200, headers: { 'transfer-encoding': 'chunked' } })
    expect(response.body).toContain('a part of it')
    expect(response.body).not.toMatch(/(^|\r\n)0\r\n/)
    await expect(fetch(`${cluster.url}/cut-in-chunks`).then((answer) => answer.text())).rejects.toThrow()
  })

  test('an app that never answers is answered 504 in its place', async () => {
    expectReply(await exchange(cluster.port, last('/silent')), 'LOOP_TIMEOUT')
  })

  test('the connection goes on after an answer of the balancer about a whole request', async () => {
    const client = await connectRaw(cluster.port)
    client.send(get('/silent') + get('/ok'))
    const received = await client.until((text) => text.includes('\r\n\r\nok'))
    expect(received).toMatch(/^HTTP\/1\.1 504 [\s\S]*HTTP\/1\.1 200 OK/)
    client.vanish()
  })

  test('with no loop ready a request waits, then is answered 503 with Retry-After', async () => {
    const lonely = await startCluster({
      app: 'test/fixtures/misbehave-app.js',
      args: ['--loops', '1', '--kind', 'listener', '--lane', lane, '--timeouts-queue', '300ms', '--restart-min-delay', '10s'],
    })
    // It exits in the middle of this request; a request that may not be repeated is lost with it.
    expectReply(
      await exchange(lonely.port, 'POST /exit HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
      'LOOP_FAILED',
    )
    await lonely.waitFor('the loop gone', ({ loops }) => loops.every((loop) => loop.state !== 'ready'))
    const response = await exchange(lonely.port, last('/ok'))
    expectReply(response, 'NO_LOOP')
    expect(response.headers['retry-after']).toMatch(/^\d+$/)
  })

  test('over the limits of loops and queue a request is answered 503 at once, the others in turn', async () => {
    const small = await startCluster({
      app: 'test/fixtures/misbehave-app.js',
      args: ['--loops', '1', '--balancers', '1', '--kind', 'listener', '--lane', lane, '--concurrency', '1', '--limits-queue', '1'],
    })
    const answers = await Promise.all([1, 2, 3].map(() => exchange(small.port, last('/late'))))
    const shed = answers.filter((answer) => answer.status === 503)
    expect(answers.filter((answer) => answer.status === 200 && answer.body.includes('late')).length).toBe(2)
    expect(shed.length).toBe(1)
    expectReply(shed[0]!, 'OVERLOADED')
    expect(shed[0]!.headers['retry-after']).toMatch(/^\d+$/)
    expect(await small.metric('evenloop_proxy_shed_total')).toContainEqual(expect.stringMatching(/reason="queue_full".*\} 1$/))
  })
})
