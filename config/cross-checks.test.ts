import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { loadSettings } from './load.ts'

const cwd = fileURLToPath(new URL('.', import.meta.url))

const load = (flags: readonly (readonly [string, string])[]) =>
  loadSettings({ flags: flags.map(([name, value]) => ({ name, value })), env: {}, cwd, configFile: undefined, app: 'optional' })

const workers = ['--blocking-workers', '2'] as const

test('threads are not for a command', async () => {
  await expect(
    load([
      ['--threads', '2'],
      ['--command', 'serve {port}'],
    ]),
  ).rejects.toThrow(
    'command line: --threads is 2; accepted: 1 where a command is the server: threads are for apps that run in Node; more loops start more processes of it',
  )
})

test.each([
  [['--command', 'serve {port}'], '0 where a command is the server: only apps that run in Node say which routes block'],
  [['--model', 'sync'], '0 under the model sync, whose workers are all of that kind; loops says how many'],
  [['--isolation-mode', 'off'], '0 where isolation.mode is off: no route is taken for a blocking one then'],
  [
    ['--policy', 'rendezvous'],
    '0 under the policy rendezvous by cookie: every request stays with its loop, so none would go to these workers',
  ],
] as const)('workers for blocking routes are refused where none would have work: %j', async (flag, accepted) => {
  await expect(load([workers, flag])).rejects.toThrow(`command line: --blocking-workers is 2; accepted: ${accepted}`)
})

test('workers for blocking routes serve clients without the header that others stick by', async () => {
  const { settings } = await load([workers, ['--policy', 'rendezvous'], ['--sticky-by', 'header']])
  expect(settings.blockingWorkers).toBe(2)
})
