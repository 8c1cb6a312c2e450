import { expect, test } from 'vitest'

import { chooseLane } from './lane-choice.ts'

test.each([
  // setting, linked, unlinked
  ['auto', 2, 0, 'link'],
  ['auto', 1, 1, 'http'],
  ['auto', 0, 2, 'http'],
  ['auto', 0, 0, 'link'],
  ['link', 2, 0, 'link'],
  ['link', 1, 1, 'link'],
  ['link', 0, 2, 'http'],
  ['link', 0, 0, 'link'],
  ['http', 2, 0, 'http'],
  ['http', 0, 0, 'http'],
] as const)('lane %s with %i loops on the link and %i servers without: %s', (setting, linked, unlinked, lane) => {
  expect(chooseLane({ setting, linked, unlinked })).toBe(lane)
})
