import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { readBeat } from './beat.ts'
import { frameType } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { AcceptHandshake, DialHandshake } from './handshake.ts'
import { headerNames } from './header-names.ts'
import { prove } from './proof.ts'
import { decodeRequestHead } from './request-head.ts'

// docs/loop-link.md is what others build from: its example must be what this code says and understands.
const page = readFileSync(new URL('../docs/loop-link.md', import.meta.url), 'utf8')

const blocks = [...page.matchAll(/```(hex|json)\n([\s\S]*?)```/g)].map(([, kind, text]) =>
  kind === 'json' ? Buffer.from(text!.trim()) : Buffer.concat(text!.trim().split('\n').map(bytesOf)),
)

/** A line of the example: bytes in hex in groups of two spaces, then what they mean. */
function bytesOf(line: string): Buffer {
  return Buffer.from(/^(?:[0-9a-f]{2} {1,2})*[0-9a-f]{2}(?= {2,})/.exec(line)![0].replaceAll(' ', ''), 'hex')
}

const ours = Buffer.from(Array.from({ length: 32 }, (_, at) => at))
const theirs = Buffer.from(Array.from({ length: 32 }, (_, at) => 0xff - at))

test('the handshake of the example is ours, byte by byte', () => {
  const dial = new DialHandshake({ id: '0', mode: 'link', keepAliveMs: 75_000, secret: undefined }, ours)
  const accept = new AcceptHandshake({ loop: 'loop-1', state: 'ready', secret: undefined }, theirs)
  expect(Buffer.concat(blocks.slice(0, 2))).toEqual(dial.first)
  accept.read(dial.first, 0, dial.first.length)
  expect(Buffer.concat(blocks.slice(2, 5))).toEqual(accept.takeReply())
})

test('the proofs of the example are ours', () => {
  const [dialNonce, acceptNonce] = [ours.toString('hex'), theirs.toString('hex')]
  expect(page).toContain(prove('correct horse battery', 'loop', dialNonce, acceptNonce))
  expect(page).toContain(prove('correct horse battery', 'balancer', acceptNonce, dialNonce))
})

test('request, response and beat of the example are understood', () => {
  const seen: unknown[] = []
  const reader = new FrameReader({
    frame: (type, flags, aux, stream, bytes, start, end) =>
      seen.push([
        type,
        flags,
        aux,
        stream,
        type === frameType.beat ? readBeat(bytes, start, end) : decodeRequestHead(bytes, start, end, aux),
      ]),
    data: (stream, flags, aux, bytes, start, end) => seen.push([flags, aux, stream, bytes.toString('latin1', start, end)]),
  })
  const frames = Buffer.concat(blocks.slice(5))
  expect(reader.read(frames, 0, frames.length)).toBe(frames.length)
  expect(seen).toEqual([
    [
      frameType.request,
      1,
      1,
      1,
      { method: 'GET', target: '/hi', rawHeaders: ['Host', 'a.example'], remoteAddress: '127.0.0.1', remotePort: 50_000 },
    ],
    [3, 204, 1, 'HTTP/1.1 204 No Content\r\n\r\n'],
    [frameType.beat, 0, 0, 0, { inFlight: 1, utilization: 0.025, delayMs: 1.5 }],
  ])
})

test('the table of names is the one in force', () => {
  const names = /```names\n([\s\S]*?)```/.exec(page)![1]!.trim().split(/\s+/)
  expect(names.flatMap((name) => [name.toLowerCase(), name])).toEqual(headerNames.slice(1))
})
