import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { lookInto } from './look-into.ts'

test('an id that leads elsewhere is no loop, and no file there is touched', async () => {
  const outer = mkdtempSync(path.join(tmpdir(), 'look-'))
  onTestFinished(() => rmSync(outer, { recursive: true }))
  const folder = path.join(outer, 'sockets')
  mkdirSync(folder)
  const other = path.join(outer, 'x.1.heapsnapshot')
  writeFileSync(other, '')
  const { heapSnapshot } = lookInto(new Map(), folder)
  await expect(heapSnapshot('../x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(heapSnapshot('0\0')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(existsSync(other)).toBe(true)
})
