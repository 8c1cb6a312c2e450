import fc from 'fast-check'
import { expect, test } from 'vitest'

import { type Beat, beatBytes, readBeat, readRoutes, writeBeat } from './beat.ts'
import { ProtocolError } from './frame.ts'

const beat: fc.Arbitrary<Beat> = fc.record({
  inFlight: fc.integer({ min: 0, max: 0xffff_ffff }),
  utilization: fc.double({ min: 0, max: 1, noNaN: true }),
  delayMs: fc.double({ min: 0, max: 4_000_000, noNaN: true }),
})

test('a beat says what the loop said, to a hundredth of a percent and a microsecond', () => {
  fc.assert(
    fc.property(beat, (said) => {
      const bytes = Buffer.alloc(beatBytes)
      writeBeat(bytes, said)
      const heard = readBeat(bytes, 0, beatBytes)
      expect(heard.inFlight).toBe(said.inFlight)
      expect(heard.utilization).toBeCloseTo(said.utilization, 3)
      expect(heard.delayMs).toBeCloseTo(said.delayMs, 2)
    }),
  )
})

test('a delay of more than an hour, and a share that was measured as more than all, are the most that can be said', () => {
  const bytes = Buffer.alloc(beatBytes)
  writeBeat(bytes, { inFlight: 0, utilization: 1.01, delayMs: 1e9 })
  expect(readBeat(bytes, 0, beatBytes)).toEqual({ inFlight: 0, utilization: 1, delayMs: 0xffff_ffff / 1_000 })
})

test('one that is cut off is a ProtocolError; one with more to say is understood', () => {
  expect(() => readBeat(Buffer.alloc(20), 0, beatBytes - 1)).toThrow(ProtocolError)
  expect(readBeat(Buffer.alloc(20), 0, 20)).toEqual({ inFlight: 0, utilization: 0, delayMs: 0 })
})

test.each(['nonsense', '{}', '[1]', '[{"method":"GET","route":"/","counts":[-1],"seconds":0}]'])('refuses %s behind a beat', (text) => {
  const bytes = Buffer.concat([Buffer.alloc(beatBytes), Buffer.from(text)])
  expect(() => readRoutes(bytes, 0, bytes.length)).toThrow(ProtocolError)
})
