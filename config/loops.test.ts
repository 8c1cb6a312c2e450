import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'

import { ConfigError } from '../core/errors.ts'

import { describeAccepted } from './accepted.ts'
import { placeholder } from './describe-key.ts'
import { configJsonSchema } from './json-schema.ts'
import { configKeys } from './keys.ts'
import { loadSettings } from './load.ts'
import { loopRange, Loops } from './loops.ts'
import { checkValue } from './value.ts'

const { schema } = configKeys.find(({ path }) => path === 'loops')!

const fromFlag = (value: string, ...others: readonly { name: string; value: string }[]) =>
  loadSettings({ flags: [{ name: '--loops', value }, ...others], env: {}, cwd: '/', app: 'optional' })

async function refusal(...given: Parameters<typeof fromFlag>): Promise<string> {
  const error: unknown = await fromFlag(...given).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
}

describe('a range of loops', () => {
  it.each([
    ['2..8', { min: 2, max: 8 }],
    ['3..3', { min: 3, max: 3 }],
    ['2..auto', { min: 2, max: 'auto' }],
    ['{"min":2,"max":8}', { min: 2, max: 8 }],
    ['{"max":8}', { min: 1, max: 8 }],
    ['4', 4],
    ['auto', 'auto'],
  ])('is read from the flag %s', async (text, value) => expect((await fromFlag(text)).settings.loops).toEqual(value))

  it.each([
    ['2..8', { min: 2, max: 8 }],
    [{ min: 2 }, { min: 2, max: 'auto' }],
    [
      { min: 2, max: 'auto' },
      { min: 2, max: 'auto' },
    ],
  ])('is read from a file that says %j', (given, value) => expect(checkValue(schema, given)).toEqual({ ok: true, value }))

  it.each(['8..2', '0..4', '2..5000', '2..', '..8', '2...8', '2-8', '1.5..3', 'auto..4', '{"min":2,"most":8}', '{"min":"2"}'])(
    '%s is refused with what is accepted',
    async (text) =>
      expect(await refusal(text)).toBe(
        `command line: --loops is ${text}; accepted: a whole number from 1 to 1024, auto, or a range from few to many such as 2..8 or 2..auto`,
      ),
  )

  it('is refused for the model with one loop', async () =>
    expect(await refusal('1..2', { name: '--model', value: 'async' })).toMatch(
      '--loops is 1..2; accepted: 1 or auto under the model async',
    ))

  it('is known to help and editors', () => {
    expect(placeholder(schema)).toBe('N|auto|MIN..MAX')
    expect(describeAccepted(schema)).toMatch('or a range from few to many such as 2..8')
    const text = JSON.stringify(configJsonSchema())
    expect(text).not.toMatch(/"(range|accepts|unit)":/)
    for (const value of [3, 'auto', '2..8', { min: 2, max: 8 }, { max: 'auto' }]) expect(Value.Check(Loops, value)).toBe(true)
    for (const value of [0, 'some', '2..', { min: 0 }, { min: 1, other: 2 }]) expect(Value.Check(Loops, value)).toBe(false)
  })
})

describe('what it comes to', () => {
  it.each([
    [6, { min: 6, max: 6, start: 6 }],
    ['auto', { min: 4, max: 4, start: 4 }],
    [
      { min: 2, max: 8 },
      { min: 2, max: 8, start: 2 },
    ],
    [
      { min: 1, max: 'auto' },
      { min: 1, max: 4, start: 1 },
    ],
    // Fewer CPUs than the least: then that is the most too.
    [
      { min: 8, max: 'auto' },
      { min: 8, max: 8, start: 8 },
    ],
  ] as const)('%j on four CPUs', (loops, range) => expect(loopRange(loops, 4)).toEqual(range))
})
