import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { anyRequest } from './support/any-request.ts'
import { hostileRequests } from './support/hostile-requests.ts'
import { canRun } from './support/installed.ts'
import { type PeerName, type PeerProxy, startPeerProxy } from './support/peer-proxy.ts'
import { startRecorder, type Recorder } from './support/recorder.ts'
import { type ScannedRequest, scanned, unchunked } from './support/scanner-reading.ts'
import { parseStrictly, type StrictRequest } from './support/strict-http.ts'
import { until } from './support/wait.ts'

// What the scanner accepts, nginx and HAProxy must not read differently: a request passes several servers on its way,
// and one that is two requests to one of them, or has another target, gets by what the others guard.

interface Accepted {
  /** With a field `X-Case` that says which it is. */
  readonly bytes: Buffer
  readonly request: ScannedRequest
  readonly body: string
}

const plain = [
  'GET /open HTTP/1.1\r\nHost: a:80\r\n\r\n',
  'GET /a?b=c&d=%20 HTTP/1.1\r\nHOST: [::1]:8080\r\nCookie: a=b\r\nCookie: c=d\r\nX-Empty:\r\n\r\n',
  'POST /open HTTP/1.1\r\nContent-Length: 0005\r\nHost: a\r\n\r\nabcde',
  'POST /open HTTP/1.1\r\nTransfer-Encoding: CHUNKED\r\nHost: a\r\n\r\n3;a=b\r\nabc\r\n00\r\nX: y\r\n\r\n',
  'DELETE /open HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\nX-Case: 0\r\n\r\n',
  'PUT /open HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
  'OPTIONS /~!$&\'()*+,;=:@%2f/../x?y?z/ HTTP/1.1\r\nHost: a\r\nX-A: \t "a\\"" ,;\xff\t\r\n\r\n',
]

/** The requests of a text that the scanner accepts with a body that is whole. */
function acceptedOf(text: string, index: number): Accepted[] {
  const lineEnd = text.indexOf('\r\n') + 2
  const bytes = Buffer.from(`${text.slice(0, lineEnd)}X-Case: ${index}\r\n${text.slice(lineEnd)}`, 'latin1')
  const result = scanned(bytes)
  if (result.verdict !== 'complete') return []
  const { request } = result
  const rest = bytes.subarray(request.headLength)
  if (request.chunked) {
    const { state, consumed, body } = unchunked(rest)
    return state === 'done' ? [{ bytes: bytes.subarray(0, request.headLength + consumed), request, body }] : []
  }
  const length = Math.max(request.contentLength, 0)
  if (length > rest.length) return []
  return [{ bytes: bytes.subarray(0, request.headLength + length), request, body: rest.toString('latin1', 0, length) }]
}

const texts = [...plain, ...hostileRequests.map(({ send }) => send[0]!), ...fc.sample(anyRequest, { numRuns: 600, seed: 20_260_101 })]
const accepted = texts.flatMap((text, index) => acceptedOf(text, index))

// What a proxy takes away, adds or changes on its own account; framing and Host are compared for themselves.
const ofTheConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'expect',
  'host',
  'content-length',
  'transfer-encoding',
])
const endToEnd = (fields: readonly (readonly [string, string])[]): (readonly [string, string])[] =>
  fields.filter(([name]) => !ofTheConnection.has(name))
const valuesOf = (name: string, request: StrictRequest): string[] =>
  request.headers.filter(([each]) => each === name).map(([, value]) => value)

function fieldsOf(request: ScannedRequest): (readonly [string, string])[] {
  const raw = request.rawHeaders
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index]!.toLowerCase(), raw[2 * index + 1]!] as const)
}

let recorder: Recorder
beforeAll(async () => {
  recorder = await startRecorder()
})
afterAll(() => recorder.close())

/** What has arrived of one case. HAProxy passes the coding's name on in the client's case, which the strict reading does not have. */
const arrived = (id: string): StrictRequest[] =>
  recorder
    .connections()
    .map((bytes) => bytes.replace(/^transfer-encoding: chunked\r$/im, 'transfer-encoding: chunked\r'))
    .flatMap(parseStrictly)
    .filter((request) => valuesOf('x-case', request).includes(id))

/** Sends the request and another one behind it, and compares what arrives. Resolves with whether the proxy took it. */
async function compare(proxy: PeerProxy, { bytes, request, body }: Accepted): Promise<boolean> {
  const fields = fieldsOf(request)
  const id = fields.find(([name]) => name === 'x-case')![1]
  // To nginx every Connection field that holds these letters closes; the request itself is the same to it.
  const mayClose = fields.some(([name, value]) => name.endsWith('connection') && /close/i.test(value))
  const after = mayClose ? '' : `GET /after HTTP/1.1\r\nHost: a\r\nX-Case: ${id}\r\nConnection: close\r\n\r\n`

  const socket = await proxy.connect()
  let answer = ''
  socket.on('error', () => {})
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text))
  socket.write(Buffer.concat([bytes, Buffer.from(after)]))
  const finals = (): string[] => [...answer.matchAll(/^HTTP\/1\.1 ([2-5]\d\d) /gm)].map(([, status]) => status!)
  await until(
    `the answers to ${JSON.stringify(bytes.toString('latin1'))}`,
    () => socket.readableEnded || socket.destroyed || (mayClose && finals().length === 1),
  )
  socket.destroy()
  // To refuse it is no other reading.
  if (finals()[0] !== '200') {
    expect(arrived(id)).toEqual([])
    return false
  }
  const read = await until('the whole body', () => arrived(id).find((each) => each.target === request.target && each.complete))
  expect(read).toMatchObject({ method: request.method, target: request.target, body })
  expect(valuesOf('host', read)).toEqual([request.rawHeaders[2 * request.hostIndex + 1]])
  expect(endToEnd(read.headers)).toEqual(endToEnd(fields))
  expect(arrived(id).length).toBe(mayClose ? 1 : 2)
  return true
}

test('there is enough to compare', () => {
  expect(accepted.length).toBeGreaterThan(100)
  expect(accepted.filter(({ request }) => request.chunked).length).toBeGreaterThan(5)
  expect(accepted.filter(({ request }) => request.contentLength > 0).length).toBeGreaterThan(5)
})

describe.each<PeerName>(['nginx', 'haproxy'])('%s', (name) => {
  test.runIf(canRun(name, '-v'))('reads what the scanner accepts as the scanner does', async () => {
    const proxy = await startPeerProxy(name, recorder.port)
    let taken = 0
    try {
      for (let at = 0; at < accepted.length; at += 16) {
        recorder.forget()
        const answers = await Promise.all(accepted.slice(at, at + 16).map((each) => compare(proxy, each)))
        taken += answers.filter(Boolean).length
      }
    } finally {
      await proxy.stop()
    }
    expect(taken).toBeGreaterThan(accepted.length * 0.7)
  })
})
