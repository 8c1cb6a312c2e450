import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { startBalancer, type StandaloneBalancer } from './support/balancer.ts'
import { hostileRequests } from './support/hostile-requests.ts'
import { connectRaw, exchange } from './support/raw.ts'
import { startRecorder, type Recorder } from './support/recorder.ts'
import { parseStrictly, type StrictRequest } from './support/strict-http.ts'

// A front that reads a request otherwise than the server behind it lets a client slip in requests that no rule
// of the front has seen. The upstream here is as lenient as can be; it must be given nothing to be lenient with.
let recorder: Recorder
let balancer: StandaloneBalancer

beforeAll(async () => {
  recorder = await startRecorder()
  balancer = await startBalancer({
    upstreams: [`http://127.0.0.1:${recorder.port}`],
    args: ['--timeouts-headers', '2s', '--timeouts-body', '2s'],
    shared: true,
  })
})
afterAll(() => recorder.close())
beforeEach(() => recorder.forget())

const recorded = (): StrictRequest[] => recorder.connections().flatMap(parseStrictly)

const field = (request: StrictRequest, name: string): string[] =>
  request.headers.filter(([each]) => each === name).map(([, value]) => value)

function expectOpen(request: StrictRequest): void {
  expect(request.target).toMatch(/^(http:\/\/b)?\/(open|after)(\?|$)/)
  // Only what the balancer has read as a request bears these, once each, and never as a client says.
  expect(field(request, 'x-request-id')).toEqual([expect.not.stringMatching(/^mine$/)])
  expect(field(request, 'x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(
    request.headers.filter(([name]) => name.startsWith('evenloop-') && !(name === 'evenloop-taken' && request.method !== 'GET')),
  ).toEqual([])
}

test.each(hostileRequests)('$name', async ({ send, refused, forwarded }) => {
  const client = await connectRaw(balancer.port)
  for (const [index, part] of send.entries()) {
    if (index > 0) await client.until((text) => text.includes('\r\n\r\n'))
    client.send(part)
  }
  await client.until((text) => text.includes('\r\n\r\n'))
  client.halfClose()
  const answer = await client.closed()

  const hostile = recorded()
  if (refused !== undefined) {
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${refused} `))
    expect(hostile).toEqual([])
  }
  if (forwarded !== undefined) expect(hostile.map(({ method, target, body }) => ({ method, target, body }))).toEqual(forwarded)
  for (const request of hostile) expectOpen(request)

  // The next client's request on what is kept alive is its own, and so is its answer.
  const after = await exchange(balancer.port, 'GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(after).toMatchObject({ status: 200, body: expect.stringContaining('ok') })
  expect(recorded().filter((request) => request.target === '/after' && request.complete).length).toBe(1)
})

test('a pipelined request reaches the upstream as a request of its own', async () => {
  const client = await connectRaw(balancer.port)
  client.send('GET /open HTTP/1.1\r\nHost: a\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until((text) => text.split('HTTP/1.1 200').length > 2)
  client.vanish()
  expect(recorded().map((request) => request.target)).toEqual(['/open', '/after'])
  for (const request of recorded()) expectOpen(request)
})

test('what follows an upgrade that was refused is a request of its own or nothing', async () => {
  const client = await connectRaw(balancer.port)
  client.send('GET /open HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n')
  client.halfClose()
  await client.closed()
  for (const request of recorded()) expectOpen(request)
})

test('a connection that was upgraded serves no other client', async () => {
  const client = await connectRaw(balancer.port)
  client.send('GET /switch HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await client.until((text) => text.startsWith('HTTP/1.1 101 ') && text.includes('\r\n\r\n'))
  client.send('GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until((text) => text.split('HTTP/1.1').length > 2)
  await exchange(balancer.port, 'GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  client.vanish()
  await exchange(balancer.port, 'GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')

  const [tunnels, others] = [true, false].map((tunnel) =>
    recorder.connections().filter((bytes) => bytes.startsWith('GET /switch ') === tunnel),
  )
  expect(tunnels!.length).toBe(1)
  expect(tunnels![0]).not.toContain('/after')
  for (const request of others!.flatMap(parseStrictly)) expectOpen(request)
})
