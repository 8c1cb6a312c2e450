import type { IncomingMessage, InformationEvent } from 'node:http'

import { expect, test } from 'vitest'

import { forwardedResponseHeaders, interimHead, nominatedBy } from './response-head.ts'

function message(raw: readonly string[], more: Partial<IncomingMessage> = {}): IncomingMessage {
  const headers: Record<string, string> = {}
  for (let i = 0; i < raw.length; i += 2) headers[raw[i]!.toLowerCase()] = raw[i + 1]!
  return { rawHeaders: raw, headers, statusCode: 200, ...more } as unknown as IncomingMessage
}

const get = { method: 'GET', httpVersionMinor: 1 } as IncomingMessage

test('fields keep order, spelling and repetition', () => {
  const raw = ['X-ODD', '1', 'Set-Cookie', 'a=1', 'x-odd', '2', 'Set-Cookie', 'b=2']
  expect(forwardedResponseHeaders(message(raw), get, undefined, undefined)).toEqual(raw)
  expect(forwardedResponseHeaders(message(raw), get, 'c=3', undefined)).toEqual([...raw, 'Set-Cookie', 'c=3'])
})

test('a decision is added, and what the app calls so stays', () => {
  const decision = { class: 'async', priority: 'normal', policy: 'p2c', reason: 'so', queued: 0, candidates: [] } as const
  expect(forwardedResponseHeaders(message(['X-Evenloop-Decision', 'mine']), get, undefined, decision)).toEqual([
    'X-Evenloop-Decision',
    'mine',
    'x-evenloop-decision',
    'policy=p2c; class=async; priority=normal; reason="so"; candidates=""',
  ])
})

test('the fields of the connection stay behind, and those it names', () => {
  const hops = [
    'Connection',
    'Close, X-Hop',
    'KEEP-ALIVE',
    '1',
    'Proxy-Connection',
    '1',
    'Transfer-Encoding',
    'chunked',
    'Upgrade',
    'h2c',
    'TE',
    'x',
    'x-hop',
    '1',
  ]
  expect(
    forwardedResponseHeaders(message([...hops, 'Content-Type', 'a/b', 'Upgrader', '1', 'Keep-Alive2', '1']), get, undefined, undefined),
  ).toEqual(['Content-Type', 'a/b', 'Upgrader', '1', 'Keep-Alive2', '1'])
})

test('trailers are announced only to a client that can be sent them', () => {
  const announced = (raw: string[], req: Partial<IncomingMessage>, statusCode = 200) =>
    forwardedResponseHeaders(
      message(['TraileR', 'x', ...raw], { statusCode }),
      { ...get, ...req } as IncomingMessage,
      undefined,
      undefined,
    ).includes('TraileR')
  expect(announced([], {})).toBe(true)
  expect(announced([], { httpVersionMinor: 0 })).toBe(false)
  expect(announced([], { method: 'HEAD' })).toBe(false)
  expect(announced([], {}, 204)).toBe(false)
  expect(announced([], {}, 304)).toBe(false)
  expect(announced(['Content-Length', '1'], {})).toBe(false)
})

test('an interim response is passed on with its fields', () => {
  const { headers, rawHeaders } = message(['Link', '<a>', 'Connection', 'x-hop', 'X-Hop', '1', 'Link', 'odd'])
  const event = { statusCode: 103, statusMessage: 'Early Hints', headers, rawHeaders } as unknown as InformationEvent
  expect(interimHead(event)).toBe('HTTP/1.1 103 Early Hints\r\nLink: <a>\r\nLink: odd\r\n\r\n')
})

test('Connection names fields beside its own options', () => {
  expect(nominatedBy(undefined)).toBeUndefined()
  for (const value of ['close', 'keep-alive', 'Keep-Alive', ', ,', 'close, keep-alive']) expect(nominatedBy(value)).toBeUndefined()
  expect(nominatedBy('Close, X-A ,x-b,')).toEqual(['x-a', 'x-b'])
})
