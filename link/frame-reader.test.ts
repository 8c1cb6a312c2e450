import fc from 'fast-check'
import { expect, test } from 'vitest'

import { dataFlag, frameHeaderBytes, frameType, maxPayloadBytes, ProtocolError } from './frame.ts'
import { FrameReader, type FrameSink } from './frame-reader.ts'

interface Frame {
  type: number
  flags: number
  aux: number
  stream: number
  payload: Uint8Array
}

function encode({ type, flags, aux, stream, payload }: Frame): Buffer {
  const bytes = Buffer.alloc(frameHeaderBytes + payload.length)
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt8(type, 4)
  bytes.writeUInt8(flags, 5)
  bytes.writeUInt16LE(aux, 6)
  bytes.writeUInt32LE(stream, 8)
  bytes.set(payload, frameHeaderBytes)
  return bytes
}

const ofStream = [frameType.request, frameType.data, frameType.trailers, frameType.reset, frameType.window]
const ofLink = [frameType.hello, frameType.taken, frameType.beat, frameType.state]
const u16 = fc.integer({ min: 0, max: 0xffff })
const frame = fc
  .tuple(
    fc.boolean(),
    fc.nat(),
    fc.integer({ min: 0, max: 255 }),
    u16,
    fc.integer({ min: 1, max: 0xffff_ffff }),
    fc.uint8Array({ maxLength: 90 }),
  )
  .map(([isOfStream, kind, flags, aux, stream, payload]): Frame => {
    const types = isOfStream ? ofStream : ofLink
    return { type: types[kind % types.length]!, flags, aux, stream: isOfStream ? stream : 0, payload }
  })

function readSplit(reader: FrameReader, bytes: Buffer, pieces: readonly number[]): void {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const to = Math.min(bytes.length, at + pieces[i % pieces.length]!)
    // A copy that is overwritten afterwards: the reader may keep nothing of its input.
    const input = Buffer.from(bytes.subarray(at, to))
    expect(reader.read(input, 0, input.length)).toBe(input.length)
    input.fill(0xee)
    at = to
  }
}

const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })

test('frames are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
      const read: Frame[] = []
      const reader = new FrameReader({
        frame: (type, flags, aux, stream, bytes, start, end) =>
          read.push({ type, flags, aux, stream, payload: Uint8Array.from(bytes.subarray(start, end)) }),
        data: (stream, flags, aux, bytes, start, end) =>
          read.push({ type: frameType.data, flags, aux, stream, payload: Uint8Array.from(bytes.subarray(start, end)) }),
      })
      readSplit(reader, Buffer.concat(frames.map(encode)), [1_000_000])
      expect(read).toEqual(frames)
    }),
  )
})

test('a stream of frames split anywhere is the same stream: bytes per stream in order, each end once', () => {
  const summary = (sizes: readonly number[], frames: readonly Frame[]): unknown => {
    const data = new Map<number, { text: string; ends: number; heads: number[] }>()
    const others: unknown[] = []
    const reader = new FrameReader({
      frame: (type, flags, aux, stream, bytes, start, end) => others.push([type, flags, aux, stream, bytes.toString('hex', start, end)]),
      data: (stream, flags, aux, bytes, start, end) => {
        const of = data.get(stream) ?? { text: '', ends: 0, heads: [] }
        of.text += bytes.toString('hex', start, end)
        if (flags & dataFlag.end) of.ends++
        if (aux !== 0 && flags & (dataFlag.head | dataFlag.interim)) of.heads.push(aux)
        data.set(stream, of)
      },
    })
    readSplit(reader, Buffer.concat(frames.map(encode)), sizes)
    return { data: [...data].filter(([, { text, ends, heads }]) => text !== '' || ends > 0 || heads.length > 0), others }
  }
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), pieces, (frames, sizes) => {
      expect(summary(sizes, frames)).toEqual(summary([1_000_000], frames))
    }),
  )
})

test('a payload of the greatest length is passed on without being kept', () => {
  let most = 0
  let sum = 0
  const reader = new FrameReader({
    frame: () => {},
    data: (_stream, _flags, _aux, _bytes, start, end) => {
      most = Math.max(most, end - start)
      sum += end - start
    },
  })
  readSplit(reader, encode({ type: frameType.data, flags: 0, aux: 0, stream: 1, payload: new Uint8Array(maxPayloadBytes) }), [5_000])
  expect([most, sum]).toEqual([5_000, maxPayloadBytes])
})

test('stopped, it leaves what is behind the frame', () => {
  const seen: number[] = []
  const reader = new FrameReader({
    frame: (type) => {
      seen.push(type)
      reader.stop()
    },
    data: () => {},
  })
  const one = encode({ type: frameType.beat, flags: 0, aux: 0, stream: 0, payload: new Uint8Array(12) })
  expect(reader.read(Buffer.concat([one, one]), 0, one.length * 2)).toBe(one.length)
  expect(seen).toEqual([frameType.beat])
})

test.each([
  ['a payload beyond the limit', { type: frameType.data, stream: 1, length: maxPayloadBytes + 1 }],
  ['a length of four thousand millions', { type: frameType.request, stream: 1, length: 0xffff_ffff }],
  ['an unknown type', { type: 99, stream: 1, length: 0 }],
  ['a request without a stream', { type: frameType.request, stream: 0, length: 0 }],
  ['a beat of a stream', { type: frameType.beat, stream: 7, length: 0 }],
])('%s is corrupt, at once and byte by byte', (_, { type, stream, length }) => {
  const header = encode({ type, flags: 0, aux: 0, stream, payload: new Uint8Array() })
  header.writeUInt32LE(length, 0)
  const sink: FrameSink = { frame: () => {}, data: () => {} }
  expect(() => new FrameReader(sink).read(header, 0, header.length)).toThrow(ProtocolError)
  expect(() => readSplit(new FrameReader(sink), header, [1])).toThrow(ProtocolError)
})

test('of random bytes it throws ProtocolError and nothing else, and tells the sink of nothing beyond its input', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 4 }), fc.uint8Array({ maxLength: 300 }), pieces, (frames, garbage, sizes) => {
      const inside = (bytes: Buffer, start: number, end: number): void => expect(start <= end && end <= bytes.length).toBe(true)
      const reader = new FrameReader({
        frame: (_type, _flags, _aux, _stream, bytes, start, end) => inside(bytes, start, end),
        data: (_stream, _flags, _aux, bytes, start, end) => inside(bytes, start, end),
      })
      try {
        readSplit(reader, Buffer.concat([...frames.map(encode), garbage]), sizes)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 500 },
  )
})
