import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { formatUnit, parseUnit } from './units.ts'

describe('values with a unit', () => {
  it.each([
    ['500ms', 'duration', 500],
    ['1.5s', 'duration', 1500],
    ['5m', 'duration', 300_000],
    ['1h', 'duration', 3_600_000],
    ['250', 'duration', 250],
    ['512B', 'size', 512],
    ['64KiB', 'size', 65_536],
    ['8MiB', 'size', 8_388_608],
    ['1GB', 'size', 1_000_000_000],
    ['0', 'size', 0],
  ] as const)('reads %s as a %s of %d', (text, unit, amount) => expect(parseUnit(text, unit)).toBe(amount))

  it.each(['', '5 s', '-1s', '5d', '1e3', 's', '5kb', '0x10'])('refuses "%s"', (text) => {
    expect(parseUnit(text, 'duration')).toBeUndefined()
    expect(parseUnit(text, 'size')).toBeUndefined()
  })

  it('does not take a time for an amount', () => {
    expect(parseUnit('5s', 'size')).toBeUndefined()
    expect(parseUnit('5MiB', 'duration')).toBeUndefined()
  })

  it('writes every amount so that reading it gives the same', () => {
    const units = fc.constantFrom('duration', 'size')
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), units, (amount, unit) => void expect(parseUnit(formatUnit(amount, unit), unit)).toBe(amount)),
    )
  })

  it('writes amounts as people do', () => {
    expect([75_000, 60_000, 100, 0].map((amount) => formatUnit(amount, 'duration'))).toEqual(['75s', '1m', '100ms', '0'])
    expect([16_384, 1_000, 0].map((amount) => formatUnit(amount, 'size'))).toEqual(['16KiB', '1000B', '0'])
  })
})
