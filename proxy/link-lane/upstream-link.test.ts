import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { ManualClock } from '../../test/support/endpoints.ts'
import { beatBytes } from '../../link/beat.ts'
import { beatFlag, dataFlag, frameType, initialWindow, ProtocolError, requestFlag } from '../../link/frame.ts'
import { FrameReader } from '../../link/frame-reader.ts'
import type { StreamOwner } from './upstream-link.ts'
import { UpstreamLink } from './upstream-link.ts'

const head = { bytes: Buffer.alloc(16), length: 16, fields: 0, ownLength: 0 }
const nothing = Buffer.alloc(0)

/** What a request hears of its stream. */
class Owner implements StreamOwner {
  stream = 0
  /** How often it heard that nothing more comes from the loop. */
  ends = 0
  bodyOver = false
  cancelled = false
  /** Heard when it should have heard nothing any more. */
  late = 0

  data(flags: number): void {
    this.#hear()
    if ((flags & dataFlag.end) !== 0) this.ends += 1
  }

  credited(): void {}

  taken(): void {
    this.#hear()
  }

  gaveUp(): void {
    this.#hear()
    this.ends += 1
    this.bodyOver = true
  }

  silenced(): void {
    this.#hear()
  }

  lost(): void {
    if (this.cancelled || (this.ends > 0 && this.bodyOver)) this.late += 1
    if (this.ends === 0) this.ends += 1
  }

  #hear(): void {
    if (this.cancelled || this.ends > 0) this.late += 1
  }
}

/** A loop's end that keeps to the protocol: which streams it holds, and what it may still say of each. */
class Loop {
  readonly held = new Map<number, { bodyOver: boolean }>()
  readonly inUse: number[] = []
  readonly #reader = new FrameReader(this)
  // Bodies of streams whose response is over.
  readonly #bodies = new Set<number>()

  read(bytes: Uint8Array): void {
    this.#reader.read(Buffer.from(bytes), 0, bytes.length)
  }

  frame(type: number, flags: number, _aux: number, stream: number): void {
    if (type === frameType.request) {
      if (this.held.has(stream) || this.#bodies.has(stream)) this.inUse.push(stream)
      this.held.set(stream, { bodyOver: (flags & requestFlag.end) !== 0 })
    } else if (type === frameType.trailers || type === frameType.reset) this.#bodyOver(stream, type === frameType.reset)
  }

  data(stream: number, flags: number): void {
    if ((flags & dataFlag.end) !== 0) this.#bodyOver(stream, false)
  }

  /** Its last word; the frames to be sent. */
  end(stream: number, reset: boolean): Buffer {
    const known = this.held.get(stream)!
    this.held.delete(stream)
    // A reset is the last word of both: the balancer answers with its own where it has not ended.
    if (!known.bodyOver) this.#bodies.add(stream)
    return frame(reset ? frameType.reset : frameType.data, stream, reset ? 0 : dataFlag.head | dataFlag.end)
  }

  /** Streams that were reset and await the loop's answer. */
  readonly toReset: number[] = []

  #bodyOver(stream: number, reset: boolean): void {
    this.#bodies.delete(stream)
    const known = this.held.get(stream)
    if (known === undefined) return
    known.bodyOver = true
    if (reset) this.toReset.push(stream)
  }
}

function frame(type: number, stream: number, flags = 0, payload = nothing): Buffer {
  const bytes = Buffer.alloc(12 + payload.length)
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt8(type, 4)
  bytes.writeUInt8(flags, 5)
  bytes.writeUInt32LE(stream, 8)
  payload.copy(bytes, 12)
  return bytes
}

function connect(): { link: UpstreamLink; sent: () => Buffer[]; busy: () => number; claimed: () => boolean[] } {
  let sent: Buffer[] = []
  const claimed: boolean[] = []
  let busy = 0
  const sink = {
    destroyed: false,
    writableLength: 0,
    write: (bytes: Uint8Array, done?: () => void) => {
      sent.push(Buffer.from(bytes))
      if (done !== undefined) queueMicrotask(done)
      return true
    },
    cork: () => {},
    uncork: () => {},
  }
  const link = new UpstreamLink(sink, {
    clock: new ManualClock(),
    onState: () => {},
    onBeat: (_beat, byOthers) => void claimed.push(byOthers),
    onRoutes: () => {},
    onBusy: () => (busy += 1),
  })
  return {
    link,
    busy: () => busy,
    claimed: () => claimed,
    sent: () => {
      const all = sent
      sent = []
      return all
    },
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
const read = (link: UpstreamLink, bytes: Buffer): void => link.read(bytes, 0, bytes.length)

describe('the streams of a link', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('request' as const), body: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('body' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat(), reset: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('exchange' as const) }) },
  )

  test('are never used twice at once nor leaked, and their owners hear of their end once', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.boolean(), async (steps, breaks) => {
        const { link, sent } = connect()
        const loop = new Loop()
        const owners: Owner[] = []
        // What the loop has said and the balancer has not read.
        let said: Buffer[] = []
        const exchange = async (): Promise<void> => {
          await turn()
          for (const bytes of sent()) loop.read(bytes)
          for (const stream of loop.toReset.splice(0)) if (loop.held.has(stream)) said.push(loop.end(stream, true))
          for (const bytes of said) read(link, bytes)
          said = []
        }
        for (const each of steps) {
          if (each.do === 'request') {
            const owner = new Owner()
            owner.bodyOver = !each.body
            owner.stream = link.request(owner, each.body ? 0 : requestFlag.end, head)
            owners.push(owner)
          } else if (each.do === 'exchange') await exchange()
          else if (each.do === 'answer') {
            const streams = [...loop.held.keys()].filter((stream) => !loop.toReset.includes(stream))
            const stream = streams[each.which % streams.length]
            if (stream !== undefined) said.push(loop.end(stream, each.reset))
          } else {
            const open = owners.filter(
              ({ bodyOver, cancelled, ends }) => !cancelled && (each.do === 'body' ? !bodyOver : ends === 0 || !bodyOver),
            )
            const owner = open[each.which % open.length]
            if (owner === undefined) continue
            if (each.do === 'body') link.body(owner.stream, nothing, 0, 0, true)
            else link.cancel(owner.stream, 1)
            owner.bodyOver = true
            if (each.do === 'cancel') owner.cancelled = true
          }
        }
        if (breaks) link.lose()
        else {
          for (let round = 0; round < 3; round += 1) {
            await exchange()
            for (const stream of loop.held.keys()) said.push(loop.end(stream, false))
          }
          for (const owner of owners) {
            if (owner.bodyOver) continue
            link.body(owner.stream, nothing, 0, 0, true)
            owner.bodyOver = true
          }
          await exchange()
          expect(link.streams).toBe(0)
        }
        expect(loop.inUse).toEqual([])
        for (const { cancelled, ends, late } of owners) expect([cancelled ? 1 : ends, late]).toEqual([1, 0])
      }),
      { numRuns: 300 },
    )
  })

  test('get the lowest numbers again, so that a link of one request at a time uses one', async () => {
    const { link, busy } = connect()
    for (let count = 0; count < 5; count += 1) {
      expect(link.request(new Owner(), requestFlag.end, head)).toBe(1)
      read(link, frame(frameType.data, 1, dataFlag.head | dataFlag.end))
    }
    expect([link.streams, busy()]).toEqual([0, 5])
  })
})

describe('claims', () => {
  test('go out once, however often they are repeated', async () => {
    const { link, sent } = connect()
    for (const on of [false, true, true, false, true]) link.claim(on)
    await turn()
    const said: number[][] = []
    const reader = new FrameReader({ frame: (type, _flags, aux, stream) => void said.push([type, aux, stream]), data: () => {} })
    const bytes = Buffer.concat(sent())
    reader.read(bytes, 0, bytes.length)
    expect(said).toEqual([1, 0, 1].map((aux) => [frameType.claim, aux, 0]))
  })

  test('of other balancers come with every beat', () => {
    const { link, claimed } = connect()
    for (const flags of [0, beatFlag.claimed, 0xff, 0xfe]) read(link, frame(frameType.beat, 0, flags, Buffer.alloc(beatBytes)))
    expect(claimed()).toEqual([false, true, true, false])
  })
})

describe('what breaks a link', () => {
  test.each([
    ['data behind the last word', frame(frameType.data, 1, dataFlag.end), frame(frameType.data, 1)],
    ['a reset behind the last word', frame(frameType.reset, 1), frame(frameType.reset, 1)],
    ['data of a stream that was never opened', nothing, frame(frameType.data, 2)],
    ['a credit without its number', nothing, frame(frameType.window, 1)],
    ['a request of the loop', nothing, frame(frameType.request, 1)],
  ])('%s', (_what, first, second) => {
    const { link } = connect()
    link.request(new Owner(), 0, head)
    read(link, first)
    expect(() => read(link, second)).toThrow(ProtocolError)
  })

  test('not credit or TAKEN that crossed the end of a stream', () => {
    const { link } = connect()
    const owner = new Owner()
    link.request(owner, requestFlag.end, head)
    read(link, frame(frameType.data, 1, dataFlag.end))
    const number = Buffer.alloc(4)
    number.writeUInt32LE(initialWindow)
    read(link, frame(frameType.window, 1, 0, number))
    number.writeUInt32LE(1)
    read(link, frame(frameType.taken, 0, 0, number))
    expect([owner.ends, owner.late]).toEqual([1, 0])
  })
})
