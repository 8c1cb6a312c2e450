import { expect, test } from 'vitest'

import { initialWindow } from '../../link/frame.ts'
import { RequestBody } from './request-body.ts'

/** A link that notes what it is given. */
function recorder() {
  const said: string[] = []
  return {
    said,
    body: (stream: number, bytes: Buffer, start: number, end: number, last: boolean) =>
      void said.push(`${stream}:${bytes.toString('latin1', start, end)}${last ? '.' : ''}`),
    trailers: (stream: number, encoded: Buffer) => void said.push(`${stream}+${encoded.toString('latin1')}`),
  }
}

function keep(body: RequestBody, text: string, last = false): void {
  body.keep(Buffer.from(text), 0, text.length, last, 1)
}

test('a loop that has not begun the request is sent no more than can be sent again', () => {
  const body = new RequestBody(10, 0)
  expect(body.room).toBe(0)
  body.begin(false)
  expect(body.room).toBe(10)
  keep(body, '0123456789')
  expect([body.room, body.replayable]).toEqual([0, true])
  body.taken()
  expect(body.room).toBe(initialWindow - 10)
  keep(body, 'x')
  expect(body.replayable).toBe(false)
})

test('another loop is sent all of it, and the client waits meanwhile', () => {
  const body = new RequestBody(10, 0)
  body.begin(false)
  keep(body, 'abc')
  keep(body, 'def')
  body.stop()
  body.begin(true)
  expect([body.room, body.sent]).toEqual([0, false])
  const link = recorder()
  expect(body.replay(link, 7)).toBe(true)
  expect(link.said).toEqual(['7:abc', '7:def'])
  expect(body.room).toBe(4)
})

test('an end that came already is sent again, with its trailers', () => {
  for (const trailers of [undefined, Buffer.from('t')]) {
    const body = new RequestBody(10, 0)
    body.begin(false)
    keep(body, 'abc', trailers === undefined)
    if (trailers !== undefined) body.keepTrailers(trailers, 2)
    body.stop()
    body.begin(true)
    const link = recorder()
    expect([body.replay(link, 1), body.sent]).toEqual([true, true])
    expect(link.said).toEqual(['1:abc', trailers === undefined ? '1:.' : '1+t'])
  }
})

test('what is sent again keeps to the credit of the loop', () => {
  const body = new RequestBody(initialWindow + 4, 0)
  body.begin(false)
  body.credited(4)
  const text = 'x'.repeat(initialWindow)
  keep(body, text)
  keep(body, 'last', true)
  body.stop()
  body.begin(true)
  const link = recorder()
  expect(body.replay(link, 1)).toBe(false)
  expect(link.said).toEqual([`1:${text}`])
  body.credited(3)
  expect(body.replay(link, 1)).toBe(false)
  body.credited(1)
  expect(body.replay(link, 1)).toBe(true)
  expect(link.said.slice(1)).toEqual(['1:las', '1:t', '1:.'])
})

test('what was let go cannot be sent again', () => {
  const body = new RequestBody(10, 0)
  body.begin(false)
  keep(body, 'abc')
  body.release()
  expect(body.replayable).toBe(false)
})
