import { expect, test } from 'vitest'

import { loopLane } from './loop-lane.ts'

test.each([
  ['auto', undefined, 'link'],
  ['link', undefined, 'link'],
  ['http', undefined, 'http'],
  ['auto', 'serve {socket}', 'http'],
] as const)('lane %s and command %s: loops serve on %s addresses', (lane, command, expected) =>
  expect(loopLane({ lane, ...(command === undefined ? {} : { command }) })).toBe(expected),
)
