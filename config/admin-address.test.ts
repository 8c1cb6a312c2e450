import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { findAdminAddress } from './admin-address.ts'

let cwd: string
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'evenloop-'))))
afterEach(() => rmSync(cwd, { recursive: true }))

describe('the admin address of a running cluster', () => {
  it('is found in flag, variable, file, default, in this order', async () => {
    expect(await findAdminAddress({ env: {}, cwd })).toBe('127.0.0.1:9400')
    writeFileSync(
      join(cwd, 'evenloop.config.yaml'),
      'admin: 127.0.0.1:1\nloops: a mistake that must not keep anyone from stopping the cluster',
    )
    expect(await findAdminAddress({ env: {}, cwd })).toBe('127.0.0.1:1')
    expect(await findAdminAddress({ env: { EVENLOOP_ADMIN: '127.0.0.1:2' }, cwd })).toBe('127.0.0.1:2')
    expect(await findAdminAddress({ env: { EVENLOOP_ADMIN: '127.0.0.1:2' }, flag: 'http://127.0.0.1:3/', cwd })).toBe('127.0.0.1:3')
  })

  it.each([
    ['0.0.0.0:9400', '127.0.0.1:9400'],
    ['[::]:9400', '[::1]:9400'],
    ['9400', '127.0.0.1:9400'],
  ])('%s is reached at %s', async (flag, address) => {
    expect(await findAdminAddress({ env: {}, cwd, flag })).toBe(address)
  })

  it.each(['off', '127.0.0.1:0', 'nowhere'])('cannot be %s', async (flag) => {
    const message = `command line: --admin is ${flag}; accepted: HOST:PORT of a running cluster, for instance --admin 127.0.0.1:9400`
    await expect(findAdminAddress({ env: {}, cwd, flag })).rejects.toThrow(message)
  })
})
