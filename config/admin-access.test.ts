import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type AdminInput, findAdmin } from './admin-access.ts'

const findAdminAddress = async (input: AdminInput): Promise<string> => (await findAdmin(input)).address

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
    expect(await findAdminAddress({ env: { EVENLOOP_ADMIN: '127.0.0.1:2' }, addressFlag: 'http://127.0.0.1:3/', cwd })).toBe('127.0.0.1:3')
  })

  it.each([
    ['0.0.0.0:9400', '127.0.0.1:9400'],
    ['[::]:9400', '[::1]:9400'],
    ['9400', '127.0.0.1:9400'],
  ])('%s is reached at %s', async (flag, address) => {
    expect(await findAdminAddress({ env: {}, cwd, addressFlag: flag })).toBe(address)
  })

  it.each(['off', '127.0.0.1:0', 'nowhere'])('cannot be %s', async (flag) => {
    const message = `command line: --admin is ${flag}; accepted: HOST:PORT of a running cluster, for instance --admin 127.0.0.1:9400`
    await expect(findAdminAddress({ env: {}, cwd, addressFlag: flag })).rejects.toThrow(message)
  })
})

describe('the token of a running cluster', () => {
  const [fromFile, fromEnv, fromFlag] = ['the-token-of-the-file', 'the-token-of-the-variable', 'the-token-of-the-flag']

  it('is found in flag, variable, file, in this order, wherever the address comes from', async () => {
    const token = async (input: Partial<AdminInput>) => (await findAdmin({ env: {}, cwd, ...input })).token
    expect(await token({})).toBeUndefined()
    const path = join(cwd, 'evenloop.config.yaml')
    writeFileSync(path, `adminToken: ${fromFile}\nloops: a mistake`)
    expect(await token({})).toEqual({ value: fromFile, from: `${path}:1:1` })
    expect(await token({ addressFlag: '127.0.0.1:1' })).toEqual({ value: fromFile, from: `${path}:1:1` })
    const env = { EVENLOOP_ADMIN_TOKEN: fromEnv }
    expect(await token({ env })).toEqual({ value: fromEnv, from: 'EVENLOOP_ADMIN_TOKEN' })
    expect(await token({ env, tokenFlag: fromFlag })).toEqual({ value: fromFlag, from: '--admin-token' })
  })

  it('may be unknown where the file is broken and the address was given otherwise', async () => {
    writeFileSync(join(cwd, 'evenloop.config.yaml'), 'a: [')
    expect(await findAdmin({ env: {}, cwd, addressFlag: '127.0.0.1:1' })).toEqual({ address: '127.0.0.1:1', token: undefined })
    await expect(findAdmin({ env: {}, cwd })).rejects.toThrow('not valid YAML')
  })

  it('cannot be what no header field can carry, and is not shown then', async () => {
    const message = 'environment: EVENLOOP_ADMIN_TOKEN is ***; accepted: the token of the running cluster'
    await expect(findAdmin({ env: { EVENLOOP_ADMIN_TOKEN: 'two words\n' }, cwd })).rejects.toThrow(message)
  })
})
