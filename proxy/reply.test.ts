import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

import { expect, test } from 'vitest'

import { replies, type ReplyCode } from '../core/replies.ts'
import { parseResponse } from '../test/support/raw.ts'
import { reply, replyRaw } from './reply.ts'

class FakeResponse {
  headersSent = false
  destroyed = false
  head: unknown[] = []
  body = ''

  writeHead(...head: unknown[]): void {
    this.headersSent = true
    this.head = head
  }

  end(body: string): void {
    this.body = body
  }
}

function answer(code: ReplyCode, close: boolean, res = new FakeResponse()): FakeResponse {
  reply(res as unknown as ServerResponse, code, 'id-1', close)
  return res
}

function socket(): { socket: Socket; written: () => string } {
  let written = ''
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  })
  return { socket: duplex as unknown as Socket, written: () => written }
}

test('an answer of our own says in JSON what is wrong, with the id of the request', () => {
  const { head, body } = answer('LOOP_FAILED', false)
  expect(JSON.parse(body)).toEqual({ error: 'LOOP_FAILED', message: replies.LOOP_FAILED.message, requestId: 'id-1' })
  expect(head).toEqual([
    502,
    'Bad Gateway',
    { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) },
  ])
})

test('it says when to come back, and that the connection ends', () => {
  expect(answer('OVERLOADED', true).head[2]).toMatchObject({ 'retry-after': '1', connection: 'close' })
  const res = new FakeResponse()
  reply(res as unknown as ServerResponse, 'RATE_LIMITED', 'id-1', false, 7)
  expect(res.head[2]).toMatchObject({ 'retry-after': '7' })
})

test('it does not come on top of another answer', () => {
  for (const state of [{ headersSent: true }, { destroyed: true }]) {
    expect(answer('LOOP_FAILED', false, Object.assign(new FakeResponse(), state)).body).toBe('')
  }
})

test.each(Object.keys(replies) as ReplyCode[])('the same as bytes: %s', (code) => {
  const { socket: client, written } = socket()
  replyRaw(client, code, 'id-1')
  const { status, headers, body } = parseResponse(written())
  expect(status).toBe(replies[code].status)
  expect(headers).toMatchObject({
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
    ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
  })
  expect(JSON.parse(body)).toMatchObject({ error: code, requestId: 'id-1' })
  client.destroy()
})

test('a client that has gone is let go of', () => {
  const { socket: client, written } = socket()
  client.end()
  replyRaw(client, 'BAD_REQUEST', 'id-1')
  expect([client.destroyed, written()]).toEqual([true, ''])
})
