import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { until } from '../../test/support/wait.ts'
import { AccessLogFile } from './log-file.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'evl-log-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

interface Opened {
  readonly file: AccessLogFile
  readonly lost: { lines: number; reason: string }[]
}

function open(target: string | number): Opened {
  const lost: { lines: number; reason: string }[] = []
  const file = new AccessLogFile(target, (lines, reason) => lost.push({ lines, reason }))
  onTestFinished(() => file.close(200))
  return { file, lost }
}

const read = (path: string): string => readFileSync(path, 'latin1')

/** A pipe whose reader reads when the test does. */
function pipe(): { writer: number; read: () => string; leave: () => void } {
  const path = join(folder(), 'fifo')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  const buffer = Buffer.alloc(1 << 20)
  const readAll = (): string => {
    let text = ''
    try {
      for (let count = readSync(reader, buffer); count > 0; count = readSync(reader, buffer)) text += buffer.toString('latin1', 0, count)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
    return text
  }
  let open = true
  const leave = (): void => {
    if (open) closeSync(reader)
    open = false
  }
  onTestFinished(leave)
  return { writer, read: readAll, leave }
}

it('writes lines behind those that are there, within a moment, and for its owner and group alone', async () => {
  const path = join(folder(), 'a.log')
  const { file } = open(path)
  file.write('one\n')
  await until('the line', () => read(path) === 'one\n')
  expect(statSync(path).mode & 0o777 & ~0o640).toBe(0)
  const { file: second } = open(path)
  second.write('two\n')
  await until('the other', () => read(path) === 'one\ntwo\n')
})

it('has written everything when it is closed', async () => {
  const path = join(folder(), 'a.log')
  const { file } = open(path)
  const lines = Array.from({ length: 5_000 }, (_, index) => `${index}${'x'.repeat(40)}\n`)
  for (const line of lines) file.write(line)
  await file.close(5_000)
  expect(read(path)).toBe(lines.join(''))
})

it('goes on in a new file when the old one was moved away, and in one that was cut', { timeout: 20_000 }, async () => {
  const path = join(folder(), 'a.log')
  const { file } = open(path)
  file.write('before\n')
  await until('the line', () => read(path) === 'before\n')
  renameSync(path, `${path}.1`)
  await until('a new file', () => statSync(path, { throwIfNoEntry: false })?.size === 0)
  file.write('behind\n')
  await until('the line', () => read(path) === 'behind\n')
  expect(read(`${path}.1`)).toBe('before\n')
  truncateSync(path)
  file.write('cut\n')
  await until('the line', () => read(path) === 'cut\n')
})

it('writes no more to a pipe at once than stays whole, and loses nothing while it is read', async () => {
  const { writer, read: readAll } = pipe()
  const { file } = open(writer)
  const line = `${'x'.repeat(999)}\n`
  for (let count = 0; count < 60; count++) file.write(line)
  let text = ''
  await until('all of it', () => {
    text += readAll()
    return text.length === 60 * line.length
  })
  expect(text).toBe(line.repeat(60))
})

it('keeps up with a reader that is hardly slower', { timeout: 30_000 }, async () => {
  const { writer, read: readAll } = pipe()
  const { file, lost } = open(writer)
  const line = `${'x'.repeat(999)}\n`
  let text = 0
  // Ten times what the pipe holds: each time that it is full the writer has to come back for it.
  for (let round = 0; round < 10; round++) {
    for (let count = 0; count < 65; count++) file.write(line)
    await until('all of it', () => {
      text += readAll().length
      return text === (round + 1) * 65 * line.length
    })
  }
  expect(lost).toEqual([])
})

it('drops whole lines where nobody reads, keeps 1 MiB at most, and tells of it', { timeout: 20_000 }, async () => {
  const { writer, read: readAll } = pipe()
  const { file, lost } = open(writer)
  const line = `${'x'.repeat(999)}\n`
  const written = 4_000
  for (let count = 0; count < written; count++) file.write(line)
  await until('the news', () => lost.length > 0)
  let text = ''
  let dropped = 0
  await until('the rest', () => {
    text += readAll()
    dropped = lost.reduce((sum, { lines }) => sum + lines, 0)
    return dropped + text.length / line.length === written
  })
  expect(dropped).toBeGreaterThan(2_000)
  expect(text).toMatch(/^(x{999}\n)+$/)
  expect(lost[0]!.reason).toContain('fast enough')
})

it('tells of a reader that has gone', { timeout: 20_000 }, async () => {
  const { writer, leave } = pipe()
  const { file, lost } = open(writer)
  leave()
  file.write('x\n')
  await until('the news', () => lost.some(({ reason }) => reason.includes('EPIPE')))
})

it('does not keep a process that ends while nobody reads', async () => {
  const { writer } = pipe()
  const { file } = open(writer)
  for (let count = 0; count < 200; count++) file.write(`${'x'.repeat(999)}\n`)
  await file.close(50)
})

it('says why a file cannot be opened', () => {
  expect(() => open(join(folder(), 'none', 'a.log'))).toThrow('ENOENT')
})
