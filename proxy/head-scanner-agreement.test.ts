import fc from 'fast-check'
import { expect, test } from 'vitest'

import { hostileRequests } from '../test/support/hostile-requests.ts'
import { mutated } from '../test/support/mutated.ts'
import { readByNode } from '../test/support/node-reading.ts'
import { anyRequest } from '../test/support/any-request.ts'
import { type ScannedRequest, scanned, unchunked } from '../test/support/scanner-reading.ts'
import { refusalOf } from './admission.ts'
import { nominatedBy } from './response-head.ts'

// What the scanner accepts is served by loops without anyone reading it again, so nobody may read it differently: here
// it is compared with Node's strict parser, which serves the same requests on the http lane.

const after = 'GET /after HTTP/1.1\r\nHost: a\r\n\r\n'
const limits = { headerCount: 100, urlBytes: 8_192, bodyBytes: 0 }

/** @param bytes one request, and possibly bytes behind it */
async function expectNodeToAgree(bytes: Buffer, request: ScannedRequest): Promise<void> {
  const rest = bytes.subarray(request.headLength)
  const chunks = request.chunked ? unchunked(rest) : undefined
  const length = chunks?.consumed ?? Math.min(Math.max(request.contentLength, 0), rest.length)
  const complete = chunks === undefined ? request.contentLength <= rest.length : chunks.state === 'done'
  // Behind the end that we see, Node must see the next request begin.
  const { requests, refused } = await readByNode(
    Buffer.concat([bytes.subarray(0, request.headLength + length), Buffer.from(complete ? after : '')]),
  )
  const { req, body, expectsContinue, keepsAlive } = requests[0]!
  expect(req.method).toBe(request.method)
  expect(req.url).toBe(request.target)
  expect(req.rawHeaders).toEqual(request.rawHeaders)
  expect(req.rawHeaders[2 * request.hostIndex]!.toLowerCase()).toBe('host')
  expect(expectsContinue).toBe(request.expectsContinue)
  expect(nominatedBy(req.headers.connection) !== undefined).toBe(request.nominates)
  expect(keepsAlive).toBe(!request.closes)
  expect(refusalOf(req, limits)).toBeUndefined()
  if (chunks?.state === 'broken') return
  expect(body).toBe(chunks?.body ?? rest.toString('latin1', 0, length))
  expect(req.complete).toBe(complete)
  if (!complete) return
  // Node reads nothing behind a request that closes its connection.
  expect(requests.slice(1).map((next) => next.req.url)).toEqual(request.closes ? [] : ['/after'])
  expect(refused).toBe(request.closes ? 'HPE_CLOSED_CONNECTION' : undefined)
}

/** However the bytes are split, the verdict is the same. */
function expectSplitsToAgree(bytes: Buffer, places: readonly number[]): void {
  const whole = scanned(bytes)
  expect(scanned(bytes, [1])).toEqual(whole)
  for (const place of places) expect(scanned(bytes, [place, bytes.length])).toEqual(whole)
}

async function check(bytes: Buffer, places: readonly number[]): Promise<void> {
  expectSplitsToAgree(bytes, places)
  const result = scanned(bytes)
  if (result.verdict === 'complete') await expectNodeToAgree(bytes, result.request)
}

test.each(hostileRequests)('a hostile request is refused, handed over or read as Node reads it: $name', async ({ send, refused }) => {
  const bytes = Buffer.from(send[0]!, 'latin1')
  await check(
    bytes,
    Array.from({ length: bytes.length - 1 }, (_, index) => index + 1),
  )
  if (refused !== undefined) expect(scanned(bytes).verdict).toMatch(/^(refuse|handOver)$/)
})

test('what the scanner accepts, Node reads identically; what is split is read as if it were not', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(mutated(anyRequest), fc.nat(), async (bytes, place) => {
      if (scanned(bytes).verdict === 'complete') accepted++
      await check(bytes, [1 + (place % bytes.length)])
    }),
    { numRuns: 3_000 },
  )
  // A property over what is accepted says nothing where nothing is.
  expect(accepted).toBeGreaterThan(500)
})
