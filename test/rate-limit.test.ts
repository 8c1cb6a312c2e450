import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { startCluster, type Cluster } from './support/cluster.ts'
import { get, lastGet, post } from './support/in-process-proxy.ts'
import { temporaryFolder } from './support/ledger.ts'
import { connectRaw, parseResponse, type RawResponse } from './support/raw.ts'
import { until } from './support/wait.ts'

const other = '127.0.0.2'
const third = '127.0.0.3'

/** A cluster in which each client may come three times an hour. */
const start = (lane: string, ...args: string[]): Promise<Cluster> =>
  startCluster({
    app: 'test/fixtures/access-app.js',
    args: ['--lane', lane, '--loops', '1', '--rate-limit-requests', '3', '--rate-limit-per', '1h', ...args],
  })

/** Sends bytes from an address on a connection of their own; resolves with all that is answered, once the connection is over. */
async function say(port: number, bytes: string, from?: string): Promise<string> {
  const client = await connectRaw(port, '127.0.0.1', from)
  try {
    client.send(bytes)
    return await client.closed()
  } finally {
    client.socket.destroy()
  }
}

const ask = async (port: number, fields: readonly string[] = [], from?: string): Promise<RawResponse> =>
  parseResponse(await say(port, lastGet('/id', ...fields), from))

async function statuses(port: number, requests: readonly (readonly string[])[], from?: string): Promise<number[]> {
  const all: number[] = []
  for (const fields of requests) all.push((await ask(port, fields, from)).status)
  return all
}

const errorsCounted = async (cluster: Cluster): Promise<number> => {
  const line = (await cluster.metric('evenloop_proxy_errors_total')).find((sample) => sample.includes('code="RATE_LIMITED"')) ?? '0'
  return Number(line.slice(line.lastIndexOf(' ')))
}

describe.each(['link', 'http'])('on the %s lane', (lane) => {
  test('a greedy client is told to come again later, and nobody else notices', async () => {
    const cluster = await start(lane)
    const { port } = cluster
    expect(await statuses(port, [[], [], []])).toEqual([200, 200, 200])
    const { status, headers, body } = await ask(port)
    expect(status).toBe(429)
    expect(JSON.parse(body)).toMatchObject({ error: 'RATE_LIMITED' })
    // Three an hour: the next is due twenty minutes after the first.
    expect(Number(headers['retry-after'])).toBeGreaterThan(1_000)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(1_200)
    expect(await statuses(port, [[], []])).toEqual([429, 429])
    expect(await statuses(port, [[], [], [], []], other)).toEqual([200, 200, 200, 429])
    expect(await errorsCounted(cluster)).toBe(4)
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
    ]
    const refused = parseResponse(await say(port, get('/ws', ...upgrade)))
    expect(refused).toMatchObject({ status: 429, headers: { connection: 'close' } })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1_000)
  })

  test('its connection goes on, and answers keep their order', async () => {
    const path = join(temporaryFolder(), 'access.log')
    const cluster = await start(lane, '--access-log-mode', 'all', '--access-log-file', path)
    const head = 'HEAD /id HTTP/1.1\r\nHost: a\r\n\r\n'
    const answers = await say(cluster.port, get('/id') + get('/id') + get('/id') + get('/id') + head + lastGet('/id'))
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['200', '200', '200', '429', '429', '429'].map((status) => `HTTP/1.1 ${status}`))
    // The answer to HEAD has no body, and what follows it is the next answer.
    expect(answers.match(/"RATE_LIMITED"/g)).toHaveLength(2)
    const lines = (): Record<string, unknown>[] =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    await until('a line for each', () => lines().length === 6)
    const refused = lines().filter((line) => line['error.type'] === 'RATE_LIMITED')
    expect(refused.map((line) => line['http.request.method'])).toEqual(['GET', 'HEAD', 'GET'])
    for (const line of refused) {
      expect(line).toMatchObject({ 'http.response.status_code': 429, 'url.path': '/id', 'evenloop.lane': lane, 'server.address': 'a' })
      // The answer to HEAD says no id.
      if (line['http.request.method'] === 'GET') expect(answers).toContain(line['evenloop.request_id'])
    }
  })

  test('a body that is not wanted ends the connection', async () => {
    const { port } = await start(lane)
    await statuses(port, [[], [], []])
    const answers = await say(port, post('/id', 'some text') + get('/id'))
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 429'])
    expect(parseResponse(answers).headers).toMatchObject({ connection: 'close' })
    const chunked = 'POST /id HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    expect(parseResponse(await say(port, chunked)).headers).toMatchObject({ connection: 'close' })
  })

  test('clients can be told apart by a header', async () => {
    const { port } = await start(lane, '--rate-limit-by', 'header', '--rate-limit-header', 'X-Api-Key')
    const [one, two] = [['x-api-key: one'], ['X-API-KEY: two']]
    expect(await statuses(port, [one, one, one, one, two])).toEqual([200, 200, 200, 429, 200])
    // Its address does not matter, and the header's value does not fall to those that have none.
    expect(await statuses(port, [one], other)).toEqual([429])
    expect(await statuses(port, [[], [], [], []])).toEqual([200, 200, 200, 429])
  })

  test('clients behind a trusted proxy are told apart by the address that it names, others are not believed', async () => {
    const { port } = await start(lane, '--trusted-proxies', `127.0.0.1,${other}`)
    const [one, two] = [['X-Forwarded-For: 192.0.2.1'], ['X-Forwarded-For: 192.0.2.2']]
    expect(await statuses(port, [one, one, one, one, two])).toEqual([200, 200, 200, 429, 200])
    expect(await statuses(port, [['X-Forwarded-For: 203.0.113.5, 192.0.2.1']], other)).toEqual([429])
    expect(await statuses(port, [one, two, ['X-Forwarded-For: 192.0.2.3'], ['X-Forwarded-For: 192.0.2.4']], third)).toEqual([
      200, 200, 200, 429,
    ])
  })

  test('who waits as long as it was told is served again', async () => {
    const { port } = await start(lane, '--rate-limit-requests', '1', '--rate-limit-per', '1s')
    const served: number[] = []
    const began = performance.now()
    await until('a second request that is admitted', async () => {
      const { status } = await ask(port)
      served.push(status)
      return served.filter((each) => each === 200).length === 2
    })
    expect(served[0]).toBe(200)
    expect(served).toContain(429)
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_000)
  })
})
