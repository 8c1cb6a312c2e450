import { expect, test } from 'vitest'

import { readWatchdogWords } from './watchdog-words.ts'

test('what a watchdog says is understood', () => {
  for (const words of [
    { type: 'hold', routes: [{ method: 'GET', route: '/a' }], forMs: 120, over: false },
    { type: 'hold', routes: [], forMs: 1_000, over: true },
    { type: 'profile', ask: 1, profile: '{}' },
    { type: 'profile', ask: 1, error: 'no' },
    { type: 'stack', ask: 1, frames: [{ name: 'f', file: '/a.js', line: 3, column: 1 }] },
    { type: 'stack', ask: 1, error: 'no' },
  ])
    expect(readWatchdogWords(words)).toEqual(words)
})

test('what an app wrote into its door is left out', () => {
  for (const words of [
    null,
    'hold',
    7,
    [],
    {},
    { type: 'hold' },
    { type: 'hold', routes: [null], forMs: 1, over: false },
    { type: 'hold', routes: [{}], forMs: 1, over: false },
    { type: 'hold', routes: {}, forMs: 1, over: false },
    { type: 'hold', routes: [], forMs: 'long', over: false },
    { type: 'profile' },
    { type: 'profile', ask: 1 },
    { type: 'profile', ask: '1', profile: '{}' },
    { type: 'stack', ask: 1 },
    { type: 'stack', ask: 1, frames: [{ name: 'f', file: '/a.js' }] },
  ])
    expect(readWatchdogWords(words)).toBeUndefined()
})
