import { describe, expect, test } from 'vitest'

import { readArguments } from './arguments.ts'

const read = (...args: string[]): ReturnType<typeof readArguments> => readArguments(args, ['load', 'mixed'], 'http://127.0.0.1:8080')

describe('the arguments of npm run load', () => {
  test('nothing at all asks for the list', () => expect(read()).toEqual({ kind: 'list' }))

  test('help is given whatever else is there', () => expect(read('nope', '--help')).toEqual({ kind: 'help' }))

  test('a name alone is enough', () =>
    expect(read('mixed')).toEqual({
      kind: 'run',
      run: { script: 'mixed', url: 'http://127.0.0.1:8080', numbers: {}, remoteWrite: undefined, docker: false },
    }))

  test('every flag reaches the run', () =>
    expect(read('load', '--url=http://h:1/', '--rate', '9', '--duration', '1h30m', '--p99', '50', '--docker')).toMatchObject({
      run: { url: 'http://h:1', numbers: { RATE: '9', DURATION: '1h30m', P99_MS: '50' }, docker: true },
    }))

  test.each([
    ['http://127.0.0.1:9090', 'http://127.0.0.1:9090/api/v1/write'],
    ['https://mimir.example/api/v1/push', 'https://mimir.example/api/v1/push'],
  ])('--prometheus %s writes to %s', (given, remoteWrite) =>
    expect(read('load', '--prometheus', given)).toMatchObject({ run: { remoteWrite } }),
  )

  test.each([
    [['nope'], 'there is no script "nope". There are: load, mixed'],
    [['load', 'mixed'], '"mixed" is too much'],
    [['--docker'], 'no script is named. There are: load, mixed'],
    [['load', '--speed', '3'], "Unknown option '--speed'"],
    [['load', '--url', 'localhost:8080'], '--url is "localhost:8080": give an address such as'],
    [['load', '--prometheus', 'x'], '--prometheus is "x"'],
    [['load', '--rate', 'fast'], '--rate is "fast": give a number from 1 on'],
    [['load', '--rate', '1e999'], '--rate is "1e999": give a number from 1 on'],
    [['load', '--p99', '0'], '--p99 is "0"'],
    [['load', '--duration', '30'], '--duration is "30": give hours, minutes, seconds'],
    [['load', '--duration', ''], '--duration is ""'],
  ])('%j is refused with what would do', (args, problem) =>
    expect(read(...args)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) }),
  )
})
