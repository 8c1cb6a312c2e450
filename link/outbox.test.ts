import { setImmediate as nextTurn } from 'node:timers/promises'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { frameType } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { Outbox, type Sink } from './outbox.ts'

/** A socket that takes a copy of what it is given once it is told to: until then the outbox may change nothing of it. */
class SlowSink implements Sink {
  destroyed = false
  readonly got: Buffer[] = []
  #given: { bytes: Uint8Array; done: (() => void) | undefined }[] = []
  corked = false
  systemCalls = 0

  get writableLength(): number {
    return this.#given.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  write(bytes: Uint8Array, done?: () => void): boolean {
    this.#given.push({ bytes, done })
    if (!this.corked) this.systemCalls++
    return false
  }

  cork(): void {
    this.corked = true
  }

  uncork(): void {
    this.corked = false
    this.systemCalls++
  }

  drain(): void {
    for (const { bytes, done } of this.#given.splice(0)) {
      this.got.push(Buffer.from(bytes))
      done?.()
    }
  }
}

/** What the frames say, one text each. */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = []
  const add = (type: number, flags: number, aux: number, stream: number, payload: string): number =>
    frames.push([type, flags, aux, stream, payload].join(' '))
  const reader = new FrameReader({
    frame: (type, flags, aux, stream, all, start, end) => add(type, flags, aux, stream, all.toString('latin1', start, end)),
    data: (stream, flags, aux, all, start, end) => add(frameType.data, flags, aux, stream, all.toString('latin1', start, end)),
  })
  reader.read(bytes, 0, bytes.length)
  return frames
}

const size = fc.oneof({ weight: 6, arbitrary: fc.nat(300) }, fc.constantFrom(8_192, 8_193, 50_000, 65_524, 65_525, 70_000))
const order = fc.record({
  how: fc.constantFrom('frame', 'number', 'bytes', 'reference', 'latin1', 'utf8'),
  size,
  stream: fc.integer({ min: 1, max: 0xffff_ffff }),
  aux: fc.nat(0xffff),
  next: fc.constantFrom('nothing', 'nothing', 'nothing', 'flush', 'drain', 'turn'),
})

/** Gives the order to the outbox, and returns what its frame is to say. */
function write(outbox: Outbox, { how, size: length, stream, aux }: { how: string; size: number; stream: number; aux: number }): string {
  const { data } = frameType
  const text = String.fromCharCode(0x61 + (aux % 26)).repeat(length)
  switch (how) {
    case 'frame':
      outbox.frame(frameType.reset, 0, aux, stream)
      return [frameType.reset, 0, aux, stream, ''].join(' ')
    case 'number': {
      outbox.number(frameType.window, 0, aux, stream, stream)
      const payload = Buffer.alloc(4)
      payload.writeUInt32LE(stream)
      return [frameType.window, 0, aux, stream, payload.toString('latin1')].join(' ')
    }
    case 'bytes': {
      const bytes = Buffer.from(`<<${text}>>`)
      outbox.bytes(data, 1, aux, stream, bytes, 2, 2 + length)
      // The caller uses its buffer again.
      bytes.fill(0xee)
      break
    }
    case 'reference':
      outbox.reference(data, 1, aux, stream, Buffer.from(text))
      break
    case 'latin1':
      expect(outbox.text(data, 1, aux, stream, text, 'latin1')).toBe(length)
      break
    default: {
      const wide = text.replaceAll('a', '\u20ac')
      const bytes = Buffer.from(wide)
      expect(outbox.text(data, 1, aux, stream, wide, 'utf8')).toBe(bytes.length)
      return [data, 1, aux, stream, bytes.toString('latin1')].join(' ')
    }
  }
  return [data, 1, aux, stream, text].join(' ')
}

test('every frame arrives once, unchanged and in order, however slowly the other end reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(order, { maxLength: 30 }), async (orders) => {
      const sink = new SlowSink()
      const outbox = new Outbox(sink)
      const expected: string[] = []
      for (const each of orders) {
        expected.push(write(outbox, each))
        if (each.next === 'flush') outbox.flush()
        else if (each.next === 'drain') sink.drain()
        else if (each.next === 'turn') await nextTurn()
      }
      // Each drain lets the outbox write what has waited for it.
      for (let i = 0; i < 3; i++) {
        await nextTurn()
        sink.drain()
      }
      expect(framesOf(Buffer.concat(sink.got))).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('all frames of one turn leave with one system call, at its end', async () => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  for (let stream = 1; stream <= 30; stream++) outbox.text(frameType.data, 0, 0, stream, 'x'.repeat(2_000), 'latin1')
  outbox.reference(frameType.data, 0, 0, 101, Buffer.alloc(100_000))
  expect(sink.systemCalls).toBe(0)
  await nextTurn()
  expect(sink.systemCalls).toBe(1)
})

test('a buffer full of frames does not wait for the end of the turn', () => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  for (let stream = 1; stream <= 40; stream++) outbox.text(frameType.data, 0, 0, stream, 'x'.repeat(2_000), 'latin1')
  expect(sink.systemCalls).toBe(1)
})

test('flushed, what was written is on its way before anything else happens', () => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  outbox.number(frameType.taken, 0, 0, 0, 7)
  outbox.flush()
  sink.drain()
  expect(framesOf(Buffer.concat(sink.got))).toHaveLength(1)
})

test('to a connection that is gone nothing is written', async () => {
  const sink = new SlowSink()
  const outbox = new Outbox(sink)
  outbox.frame(frameType.reset, 0, 1, 1)
  sink.destroyed = true
  await nextTurn()
  expect(sink.systemCalls).toBe(0)
})
