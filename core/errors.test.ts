import { expect, test } from 'vitest'

import { ConfigError, RunError, UsageError } from './errors.ts'

test('a wrong value is told with where it was read and what is accepted', () => {
  const error = new ConfigError([{ key: 'limits.queue', value: '-1', accepted: 'a whole number', source: '/app/evenloop.config.yaml:3:1' }])
  expect(error.message).toBe('/app/evenloop.config.yaml:3:1: limits.queue is -1; accepted: a whole number')
})

test.each([
  ['--loop', 'command line', 'flag'],
  ['EVENLOOP_LOOP', 'environment', 'variable'],
  ['loop', '/app/a.json:1:1', 'key'],
])('an unknown name is called what it is: %s', (key, source, kind) => {
  expect(new ConfigError([{ key, accepted: 'see --help', source, suggestion: 'loops' }]).message).toBe(
    `${source}: unknown ${kind} ${key}; did you mean loops?`,
  )
  expect(new ConfigError([{ key, accepted: 'see --help', source }]).message).toBe(`${source}: unknown ${kind} ${key}; see --help`)
})

test('all problems are told at once, a line each', () => {
  const problem = { key: 'loops', value: 'x', accepted: 'a number', source: 'command line' }
  expect(new ConfigError([problem, problem]).message.split('\n')).toHaveLength(2)
})

test('the exit status follows from the class', () => {
  expect([new UsageError('a').exitCode, new ConfigError([]).exitCode, new RunError('a').exitCode]).toEqual([2, 2, 1])
  expect(new ConfigError([])).toBeInstanceOf(UsageError)
})
