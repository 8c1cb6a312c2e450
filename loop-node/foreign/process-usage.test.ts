import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from 'vitest'

import { parseStat, processUsage } from './process-usage.ts'

test('reads CPU time and memory also of a program with spaces and parentheses in its name', () => {
  const line = '123 (my (odd) name) S 1 123 123 0 -1 4194304 100 0 0 0 150 50 25 75 20 0 1 0 999 1000000 2560 18446744073709551615 0 0'
  expect(parseStat(line)).toEqual({ cpuSeconds: 3, rssBytes: 2560 * 4096 })
})

test('a process that is gone uses nothing', async () => {
  expect(await processUsage(2 ** 30)).toEqual({ cpuSeconds: 0, rssBytes: 0 })
})

test('what the children of a process use counts as its own', async () => {
  const shell = spawn(
    '/bin/sh',
    ['-c', `"${process.execPath}" -e "console.log(process.memoryUsage.rss()); setInterval(() => {}, 1000)" & wait`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    },
  )
  try {
    const [printed] = (await once(shell.stdout, 'data')) as [Buffer]
    expect((await processUsage(shell.pid!)).rssBytes).toBeGreaterThan(Number(printed.toString()) / 2)
  } finally {
    process.kill(-shell.pid!, 'SIGKILL')
  }
})
