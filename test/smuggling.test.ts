import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { startBalancer, type StandaloneBalancer } from './support/balancer.ts'
import { hostileRequests } from './support/hostile-requests.ts'
import { connectRaw, exchange } from './support/raw.ts'
import { startRecorder } from './support/recorder.ts'
import { startRecordingLoop } from './support/recording-loop.ts'
import { parseStrictly, type StrictRequest } from './support/strict-http.ts'

// A front that reads a request otherwise than the server behind it lets a client slip in requests that no rule
// of the front has seen. The upstream here is as lenient as can be; it must be given nothing to be lenient with.

/** What a balancer stands before, and what that was given. */
interface Upstream {
  readonly address: string
  requests(): StrictRequest[]
  forget(): void
  close(): void | Promise<void>
}

const field = (request: StrictRequest, name: string): string[] =>
  request.headers.filter(([each]) => each === name).map(([, value]) => value)

function expectOpen(request: StrictRequest): void {
  expect(request.target).toMatch(/^(http:\/\/b)?\/(open|after)(\?|$)/)
  expect([...field(request, 'content-length'), ...field(request, 'transfer-encoding')].length).toBeLessThanOrEqual(1)
  expect(field(request, 'host').length).toBe(1)
  // Only what the balancer has read as a request bears these, once each, and never as a client says.
  expect(field(request, 'x-request-id')).toEqual([expect.not.stringMatching(/^mine$/)])
  expect(field(request, 'x-forwarded-for')).toEqual(['127.0.0.1'])
  expect(
    request.headers.filter(([name]) => name.startsWith('evenloop-') && !(name === 'evenloop-taken' && request.method !== 'GET')),
  ).toEqual([])
}

const startBefore = (address: string): Promise<StandaloneBalancer> =>
  startBalancer({ upstreams: [address], args: ['--timeouts-headers', '2s', '--timeouts-body', '2s'], shared: true })

/** The bytes that a server over HTTP gets. */
async function startWire(): Promise<Upstream> {
  const recorder = await startRecorder()
  return {
    address: `http://127.0.0.1:${recorder.port}`,
    requests: () => recorder.connections().flatMap(parseStrictly),
    forget: () => recorder.forget(),
    close: () => recorder.close(),
  }
}

describe.each([
  { what: 'a server over HTTP', start: startWire },
  { what: 'an app over the link', start: startRecordingLoop },
])('before $what', ({ start }) => {
  let upstream: Upstream
  let balancer: StandaloneBalancer

  beforeAll(async () => {
    upstream = await start()
    balancer = await startBefore(upstream.address)
  })
  afterAll(() => upstream.close())
  beforeEach(() => upstream.forget())

  test.each(hostileRequests)('$name', async ({ send, refused, forwarded }) => {
    const client = await connectRaw(balancer.port)
    for (const [index, part] of send.entries()) {
      if (index > 0) await client.until((text) => text.includes('\r\n\r\n'))
      client.send(part)
    }
    await client.until((text) => text.includes('\r\n\r\n'))
    client.halfClose()
    const answer = await client.closed()

    const hostile = upstream.requests()
    if (refused !== undefined) {
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${refused} `))
      expect(hostile).toEqual([])
    }
    if (forwarded !== undefined) expect(hostile.map(({ method, target, body }) => ({ method, target, body }))).toEqual(forwarded)
    for (const request of hostile) expectOpen(request)

    // The next client's request on what is kept alive is its own, and so is its answer.
    const after = await exchange(balancer.port, 'GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(after).toMatchObject({ status: 200, body: expect.stringContaining('ok') })
    expect(upstream.requests().filter((request) => request.target === '/after' && request.complete).length).toBe(1)
  })

  test('a pipelined request reaches the upstream as a request of its own', async () => {
    const client = await connectRaw(balancer.port)
    client.send('GET /open HTTP/1.1\r\nHost: a\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n')
    await client.until((text) => text.split('HTTP/1.1 200').length > 2)
    client.vanish()
    expect(upstream.requests().map((request) => request.target)).toEqual(['/open', '/after'])
    for (const request of upstream.requests()) expectOpen(request)
  })

  test('what follows an upgrade that was refused is a request of its own or nothing', async () => {
    const client = await connectRaw(balancer.port)
    client.send('GET /open HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n')
    client.halfClose()
    await client.closed()
    for (const request of upstream.requests()) expectOpen(request)
  })
})

test('a connection that was upgraded serves no other client', async () => {
  const recorder = await startRecorder()
  onTestFinished(() => recorder.close())
  const balancer = await startBefore(`http://127.0.0.1:${recorder.port}`)
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
