import { expect, test } from 'vitest'

import { bindError } from './bind-error.ts'

test('a privileged port is named with both ways out', () => {
  expect(bindError('EACCES', '0.0.0.0:80', '--listen').message).toBe(
    'cannot listen on 0.0.0.0:80: no permission; ports below 1024 are privileged. Choose a higher one with --listen, or give the program the capability CAP_NET_BIND_SERVICE',
  )
})

test('an unforeseen code is shown with the flag to change', () => {
  expect(bindError('EMFILE', '127.0.0.1:80', '--admin').message).toBe(
    'cannot listen on 127.0.0.1:80: EMFILE; choose another address with --admin',
  )
})
