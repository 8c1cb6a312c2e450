import { expect, test } from 'vitest'

import { headerIds, headerNames } from './header-names.ts'

test('every name fits in a byte, stands once, and stands in lower case too', () => {
  expect(headerNames.length).toBeLessThanOrEqual(250)
  expect(new Set(headerNames).size).toBe(headerNames.length)
  expect(headerNames[0]).toBe('')
  expect(headerNames.filter((name) => !headerNames.includes(name.toLowerCase()))).toEqual([])
})

test('the numbers of the names that the balancer writes are those of the table', () => {
  expect(headerNames[headerIds.xForwardedFor]).toBe('x-forwarded-for')
  expect(headerNames[headerIds.xForwardedProto]).toBe('x-forwarded-proto')
  expect(headerNames[headerIds.xForwardedHost]).toBe('x-forwarded-host')
  expect(headerNames[headerIds.xRequestId]).toBe('x-request-id')
})
