import type { ClientRequest, IncomingMessage } from 'node:http'
import { PassThrough, Writable } from 'node:stream'

import { expect, test } from 'vitest'

import { type BodyFault, pairs, RequestBody } from './request-body.ts'

/** An upstream request that takes what it is given, when it is told to. */
class Sink extends Writable {
  chunkedEncoding = true
  taken = ''
  readonly trailers: unknown[] = []
  readonly #held: (() => void)[] = []
  #holding: boolean

  constructor(holding = false) {
    super({ highWaterMark: 10 })
    this.#holding = holding
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.taken += String(chunk)
    if (this.#holding) this.#held.push(done)
    else done()
  }

  flow(): void {
    this.#holding = false
    for (const done of this.#held.splice(0)) done()
  }

  addTrailers(trailers: unknown): void {
    this.trailers.push(trailers)
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function build(limits: { maxBytes?: number; replayBytes?: number } = {}) {
  const client = Object.assign(new PassThrough(), { rawTrailers: [] as string[] })
  const faults: BodyFault[] = []
  let now = 0
  const body = new RequestBody(
    client as unknown as IncomingMessage,
    { maxBytes: 0, replayBytes: 100, ...limits },
    () => (now += 1),
    (fault) => faults.push(fault),
  )
  const attach = (sink: Sink): Sink => {
    body.attach(sink as unknown as ClientRequest)
    return sink
  }
  return { client, body, faults, attach }
}

test('a body goes to the loop, and the end with it', async () => {
  const { client, body, attach } = build()
  const sink = attach(new Sink())
  client.write('abc')
  await turn()
  expect([sink.taken, body.complete, body.awaited, sink.writableEnded]).toEqual(['abc', false, true, false])
  client.end('def')
  await turn()
  expect([sink.taken, body.complete, body.awaited, sink.writableEnded]).toEqual(['abcdef', true, false, true])
})

test('nothing is read from the client before there is a loop', async () => {
  const { client, body } = build()
  client.write('abc')
  await turn()
  expect([client.readableLength, body.awaited]).toEqual([3, false])
})

test('a second loop gets all of it, from the beginning', async () => {
  const { client, body, attach } = build()
  const first = attach(new Sink())
  client.write('abc')
  await turn()
  body.detach()
  client.write('def')
  await turn()
  expect([first.taken, body.replayable, body.awaited]).toEqual(['abc', true, false])
  const second = attach(new Sink())
  await turn()
  client.end('ghi')
  await turn()
  expect([first.taken, second.taken, second.writableEnded]).toEqual(['abc', 'abcdefghi', true])
})

test('a second loop gets a body that was already complete', async () => {
  const { client, body, attach } = build()
  attach(new Sink())
  client.end('abc')
  await turn()
  body.detach()
  const second = attach(new Sink())
  await turn()
  expect([second.taken, second.writableEnded]).toEqual(['abc', true])
})

test('a slow loop holds the client back, and its pace is not the fault of the client', async () => {
  const { client, body, attach } = build()
  const sink = attach(new Sink(true))
  client.write('0123456789')
  await turn()
  client.write('more')
  await turn()
  expect([client.isPaused(), body.awaited, client.readableLength]).toEqual([true, false, 4])
  sink.flow()
  await turn()
  expect([sink.taken, client.isPaused(), body.awaited]).toEqual(['0123456789more', false, true])
})

test('a loop that was given up does not set the client going when it drains', async () => {
  const { client, body, attach } = build()
  const first = attach(new Sink(true))
  client.write('0123456789')
  await turn()
  body.detach()
  first.flow()
  await turn()
  expect(client.isPaused()).toBe(true)
})

test('only so much is kept, and nothing once the loop has begun', async () => {
  const large = build({ replayBytes: 5 })
  large.attach(new Sink())
  large.client.write('12345')
  await turn()
  expect(large.body.replayable).toBe(true)
  large.client.write('6')
  await turn()
  expect(large.body.replayable).toBe(false)
  const begun = build()
  begun.attach(new Sink())
  begun.body.release()
  expect(begun.body.replayable).toBe(false)
})

test('a body over the limit is told once it is dropped, and no more of it goes to the loop', async () => {
  const { client, body, faults, attach } = build({ maxBytes: 5 })
  const sink = attach(new Sink())
  client.write('12345')
  await turn()
  expect(faults).toEqual([])
  client.write('6')
  await turn()
  expect(faults).toEqual(['BODY_TOO_LARGE'])
  body.discard()
  client.write('789')
  client.end()
  await turn()
  expect([faults.length, sink.taken, body.complete]).toEqual([1, '12345', true])
})

test('what is dropped is read to its end, so that the connection can go on', async () => {
  const { client, body } = build()
  body.discard()
  client.end('x'.repeat(1_000))
  await turn()
  await turn()
  expect(client.readableEnded).toBe(true)
})

test('the last byte of the client is remembered', async () => {
  const { client, body, attach } = build()
  attach(new Sink())
  const before = body.lastByteAt
  client.write('a')
  await turn()
  expect(body.lastByteAt).toBeGreaterThan(before)
})

test('trailers follow a chunked body only', async () => {
  for (const chunkedEncoding of [true, false]) {
    const { client, attach } = build()
    client.rawTrailers = ['X-A', '1', 'x-a', '2']
    const sink = attach(Object.assign(new Sink(), { chunkedEncoding }))
    client.end('a')
    await turn()
    expect(sink.trailers).toEqual(
      chunkedEncoding
        ? [
            [
              ['X-A', '1'],
              ['x-a', '2'],
            ],
          ]
        : [],
    )
  }
  expect(pairs([])).toEqual([])
})

test('trailers that belong before the body are dropped, those that frame it anew too', async () => {
  const { client, attach } = build()
  client.rawTrailers = [
    'Authorization',
    'Basic eA==',
    'X-Sum',
    '1',
    'X-Forwarded-For',
    '1.2.3.4',
    'Evenloop-Taken',
    '1',
    'Connection',
    'close',
  ]
  const sink = attach(new Sink())
  client.end('a')
  await turn()
  expect(sink.trailers).toEqual([[['X-Sum', '1']]])
})
