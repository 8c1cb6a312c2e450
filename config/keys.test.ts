import { describe, expect, it } from 'vitest'

import { describeAccepted } from './accepted.ts'
import { configKeys } from './keys.ts'

describe('the names of keys', () => {
  it('are one rule for flags and variables', () => {
    const key = configKeys.find(({ path }) => path === 'limits.headerBytes')
    expect(key).toMatchObject({ flag: '--limits-header-bytes', variable: 'EVENLOOP_LIMITS_HEADER_BYTES', section: 'limits' })
  })

  it('give the flags that others depend on', () => {
    const flags = new Set(configKeys.map((key) => key.flag))
    const contract = [
      '--listen',
      '--admin',
      '--model',
      '--loops',
      '--threads',
      '--concurrency',
      '--balancers',
      '--policy',
      '--lane',
      '--command',
      '--log-level',
    ]
    expect(contract.filter((flag) => !flags.has(flag))).toEqual([])
  })

  it('never collide', () => {
    expect(new Set(configKeys.map((key) => key.flag)).size).toBe(configKeys.length)
    expect(new Set(configKeys.map((key) => key.variable)).size).toBe(configKeys.length)
  })

  it('never take the names that evenloop keeps for itself', () => {
    const variables = configKeys.map((key) => key.variable)
    expect(variables).not.toContain('EVENLOOP_LOOP_ID')
    expect(variables).not.toContain('EVENLOOP_CHILD')
    expect(variables).not.toContain('EVENLOOP_CONFIG')
  })

  it('all come with a description', () => expect(configKeys.filter((key) => key.schema.description === undefined)).toEqual([]))
})

describe('what is accepted, in words', () => {
  it.each([
    ['loops', 'a whole number from 1 to 1024, auto, or a range from few to many such as 2..8 or 2..auto'],
    ['concurrency', 'a whole number from 1 to 1000000, or auto, adaptive or unlimited'],
    ['threads', 'a whole number from 1 to 64'],
    ['model', 'sync, async or hybrid'],
    ['retry.budget', 'a number from 0 to 1'],
    ['retry.reserve', 'a whole number, 0 or more'],
    ['startTimeout', 'a time such as 500ms, 30s, 5m or 1h, or milliseconds as a number, at least 1ms, at most 24 days'],
    ['limits.headerBytes', 'an amount such as 512B, 64KiB, 8MiB or 1GiB, or bytes as a number, at least 1KiB'],
    ['options', 'an object'],
    ['health.path', 'a path that starts with /'],
    ['app', 'text that is not empty'],
  ])('%s: %s', (path, words) => expect(describeAccepted(configKeys.find((key) => key.path === path)!.schema)).toBe(words))
})
