import { createHash } from 'node:crypto'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { frameType } from './frame.ts'
import { greeting, maxGreetingBytes, preface } from './greeting.ts'
import { AcceptHandshake, DialHandshake, type LinkMode } from './handshake.ts'

const nonce = (of: string): Buffer => createHash('sha256').update(of).digest()

interface Ends {
  mode?: LinkMode
  dialSecret?: string | undefined
  acceptSecret?: string | undefined
}

const dialer = ({ mode = 'link', dialSecret }: Ends = {}) =>
  new DialHandshake({ id: 'b0', mode, keepAliveMs: 75_000, secret: dialSecret }, nonce('dialer'))

const acceptor = ({ acceptSecret }: Ends = {}) =>
  new AcceptHandshake({ loop: 'loop-1', state: 'ready', secret: acceptSecret }, nonce('acceptor'))

/** Carries the bytes between both until neither has anything to say, in pieces of the given sizes. */
function shake(dial: DialHandshake, accept: AcceptHandshake, pieces: readonly number[] = []): void {
  let turn = 0
  const carry = (bytes: Buffer | undefined, to: DialHandshake | AcceptHandshake): boolean => {
    if (bytes === undefined) return false
    for (let at = 0; at < bytes.length && to.state === 'going';) {
      const end = Math.min(bytes.length, at + (pieces[turn++ % pieces.length] ?? bytes.length))
      at = to.read(bytes, at, end)
    }
    return true
  }
  carry(dial.first, accept)
  while (carry(accept.takeReply(), dial) || carry(dial.takeReply(), accept));
}

const pieceSizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 })

test.each<[string, Ends]>([
  ['without a secret', {}],
  ['with a secret', { dialSecret: 'correct horse battery', acceptSecret: 'correct horse battery' }],
  ['for HTTP', { mode: 'http', dialSecret: 'correct horse battery', acceptSecret: 'correct horse battery' }],
])('both ends agree %s and know each other, however the bytes are split', (_, ends) => {
  fc.assert(
    fc.property(pieceSizes, (pieces) => {
      const dial = dialer(ends)
      const accept = acceptor(ends)
      shake(dial, accept, pieces)
      expect([dial.state, accept.state]).toEqual(['accepted', 'accepted'])
      expect(dial.peer).toEqual({ loop: 'loop-1', state: 'ready' })
      expect(accept.peer).toEqual({ id: 'b0', mode: ends.mode ?? 'link', keepAliveMs: 75_000 })
    }),
  )
})

test('what comes behind the handshake is left to whoever comes next', () => {
  const dial = dialer()
  const accept = acceptor()
  const first = Buffer.concat([dial.first, Buffer.from('frames')])
  expect(accept.read(first, 0, first.length)).toBe(dial.first.length)
  const reply = accept.takeReply()!
  const answer = Buffer.concat([Buffer.from('??'), reply, Buffer.from('more')])
  expect(dial.read(answer, 2, answer.length)).toBe(2 + reply.length)
})

const nobodySaidYes = (dial: DialHandshake, accept: AcceptHandshake) => expect([dial.state, accept.state]).toEqual(['refused', 'refused'])

test.each<[string, Ends, string]>([
  ['only the loop has a secret', { acceptSecret: 'a'.repeat(16) }, 'set link.secret (EVENLOOP_LINK_SECRET) of the balancer'],
  ['only the balancer has a secret', { dialSecret: 'a'.repeat(16) }, 'set link.secret (EVENLOOP_LINK_SECRET) of the loop'],
  ['their secrets differ', { dialSecret: 'a'.repeat(16), acceptSecret: 'b'.repeat(16) }, 'different secrets'],
])('where %s, both ends say so', (_, ends, message) => {
  const dial = dialer(ends)
  const accept = acceptor(ends)
  shake(dial, accept)
  nobodySaidYes(dial, accept)
  for (const end of [dial, accept]) {
    expect(end.refusal).toMatchObject({ code: 'secret', message: expect.stringContaining(message) })
  }
})

test('a loop that does not prove that it knows the secret gets no proof of it', () => {
  const dial = dialer({ dialSecret: 'correct horse battery' })
  const impostor = acceptor()
  // It says nothing of a secret, and accepts whatever comes.
  const hello = greeting(frameType.hello, { loop: 'x', state: 'ready', nonce: nonce('x').toString('hex') })
  const said = Buffer.concat([preface, hello, greeting(frameType.accept)])
  dial.read(said, 0, said.length)
  expect(dial.state).toBe('refused')
  expect(dial.takeReply()).toBeUndefined()
  expect(impostor.state).toBe('going')
})

test('a loop takes no proof but the one for its own nonce: not its own sent back, nor an old one', () => {
  const secret = 'correct horse battery'
  const old = dialer({ dialSecret: secret })
  const earlier = acceptor({ acceptSecret: secret })
  earlier.read(old.first, 0, old.first.length)
  const answer = earlier.takeReply()!
  old.read(answer, 0, answer.length)
  const oldAuth = old.takeReply()!

  const replayed = new AcceptHandshake({ loop: 'loop-1', state: 'ready', secret }, nonce('another'))
  replayed.read(old.first, 0, old.first.length)
  const { proof } = JSON.parse(
    replayed
      .takeReply()!
      .subarray(preface.length + 12)
      .toString(),
  ) as { proof: string }
  replayed.read(oldAuth, 0, oldAuth.length)
  expect(replayed.refusal?.code).toBe('secret')

  const reflected = new AcceptHandshake({ loop: 'loop-1', state: 'ready', secret }, nonce('another'))
  reflected.read(old.first, 0, old.first.length)
  const echo = greeting(frameType.auth, { proof })
  reflected.read(echo, 0, echo.length)
  expect(reflected.refusal?.code).toBe('secret')
})

const otherVersion = 1

const ofVersion = (bytes: Buffer, version: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[preface.length - 1] = version
  return copy
}

test('a balancer of another version is told so by the loop, and says so itself', () => {
  const dial = dialer()
  const accept = acceptor()
  accept.read(ofVersion(dial.first, otherVersion), 0, dial.first.length)
  expect(accept.refusal).toEqual({
    code: 'version',
    message: 'the balancer speaks version 1 of the link, this loop version 2: run the same evenloop on both',
  })
  const reply = accept.takeReply()!
  expect(reply.subarray(0, 8)).toEqual(preface)
  dial.read(ofVersion(reply, otherVersion), 0, reply.length)
  expect(dial.refusal).toEqual({
    code: 'version',
    message: 'the loop speaks version 1 of the link, this balancer version 2: run the same evenloop on both; HTTP is used meanwhile',
  })
})

test('HTTP behind a handshake works between versions, so that requests are served meanwhile', () => {
  const ends: Ends = { mode: 'http', dialSecret: 'correct horse battery', acceptSecret: 'correct horse battery' }
  const dial = dialer(ends)
  const accept = acceptor(ends)
  accept.read(ofVersion(dial.first, otherVersion), 0, dial.first.length)
  const reply = accept.takeReply()!
  dial.read(ofVersion(reply, otherVersion), 0, reply.length)
  const auth = dial.takeReply()!
  accept.read(auth, 0, auth.length)
  expect(accept.state).toBe('accepted')
})

test.each([
  ['HTTP/1.1 400 Bad Request\r\n\r\n', 'there is an HTTP server, not a loop at this address'],
  ['H', 'there is an HTTP server, not a loop at this address'],
  ['220 mail.example ESMTP\r\n', 'there is something that is not a loop at this address'],
])('an answer that begins with %j is no loop', (text, message) => {
  const dial = dialer()
  const bytes = Buffer.from(text)
  dial.read(bytes, 0, bytes.length)
  expect(dial.refusal).toMatchObject({ code: 'protocol', message: expect.stringContaining(message) })
})

test('a greeting that announces too much is refused before it is read', () => {
  const accept = acceptor()
  const header = Buffer.alloc(12)
  header.writeUInt32LE(maxGreetingBytes + 1, 0)
  header[4] = frameType.hello
  const bytes = Buffer.concat([preface, header])
  accept.read(bytes, 0, bytes.length)
  expect(accept.refusal?.code).toBe('protocol')
})

test('a reason of the other end cannot write lines into the log', () => {
  const dial = dialer()
  const bytes = Buffer.concat([preface, greeting(frameType.refuse, { code: 'new in 2', message: `a\nb\u001b[31m${'c'.repeat(900)}` })])
  dial.read(bytes, 0, bytes.length)
  expect(dial.refusal).toEqual({ code: 'unavailable', message: `a b [31m${'c'.repeat(492)}` })
})

// Bytes that get further than the first of them.
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([preface, bytes])),
  fc.tuple(fc.constantFrom(1, 2, 3, 4, 16, 17), fc.oneof(fc.json(), fc.string())).map(([type, text]) => {
    const payload = Buffer.from(text)
    const frame = Buffer.concat([Buffer.alloc(12), payload])
    frame.writeUInt32LE(payload.length, 0)
    frame[4] = type
    return Buffer.concat([preface, frame])
  }),
)

test('whatever strangers say, neither end throws, and a loop with a secret lets none of them in', () => {
  fc.assert(
    fc.property(hostile, pieceSizes, (said, pieces) => {
      for (const end of [dialer({ dialSecret: 'correct horse battery' }), acceptor({ acceptSecret: 'correct horse battery' })]) {
        for (let at = 0, i = 0; at < said.length && end.state === 'going'; i++) {
          const to = Math.min(said.length, at + pieces[i % pieces.length]!)
          end.read(Buffer.from(said), at, to)
          at = to
        }
        expect(end.state).not.toBe('accepted')
      }
    }),
    { numRuns: 500 },
  )
})
