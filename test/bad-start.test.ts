import net, { type AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { startCluster } from './support/cluster.ts'
import { temporaryFolder } from './support/ledger.ts'
import { root, runProgram, startProgram } from './support/program.ts'
import { until } from './support/wait.ts'

// What operators get wrong, and what they are told: the whole of standard error, and the exit status.
const app = 'test/fixtures/misbehave-app.js'
const free = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']

/** The error that ends the command, without the log lines of the way there. */
const error = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('evenloop:'))
    .map((line) => line.replace(/^evenloop: ?/, ''))
    .join('\n')

function configFile(name: string, text: string): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

test('a value that is not accepted is named with its flag and what is accepted', async () => {
  expect(await runProgram(['start', app, ...free, '--loops', 'many'])).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'evenloop: command line: --loops is many; accepted: a whole number from 1 to 1024, auto, or a range from few to many such as 2..8 or 2..auto\n',
  })
})

test('all wrong values are named at once, each with where it was read', async () => {
  const path = configFile('evenloop.yaml', 'drainTimeout: soon\npolicy: fastest\n')
  const { status, stderr } = await runProgram(['start', app, '--config', path], { env: { EVENLOOP_LIMITS_HEADER_BYTES: '1MB or so' } })
  expect(status).toBe(2)
  expect(stderr.trim().split('\n').sort()).toEqual(
    [
      'evenloop: environment: EVENLOOP_LIMITS_HEADER_BYTES is 1MB or so; accepted: an amount such as 512B, 64KiB, 8MiB or 1GiB, or bytes as a number, at least 1KiB',
      `evenloop: ${path}:1:1: drainTimeout is "soon"; accepted: a time such as 500ms, 30s, 5m or 1h, or milliseconds as a number, at most 24 days`,
      `evenloop: ${path}:2:1: policy is "fastest"; accepted: least-request, round-robin, p2c, peak-ewma or rendezvous`,
    ].sort(),
  )
})

test.each([
  ['flag', ['--lops', '2'], {}, 'evenloop: command line: unknown flag --lops; did you mean --loops?\n'],
  ['variable', [], { EVENLOOP_LOOPZ: '2' }, 'evenloop: environment: unknown variable EVENLOOP_LOOPZ; did you mean EVENLOOP_LOOPS?\n'],
])('an unknown %s is named with the nearest known one', async (_kind, args, env, message) => {
  expect(await runProgram(['start', app, ...free, ...args], { env })).toEqual({ status: 2, stdout: '', stderr: message })
})

test('an unknown key of a file is named with the nearest known one', async () => {
  const path = configFile('evenloop.json', '{ "limits": { "headerBites": 4096 } }')
  expect(await runProgram(['start', app, '--config', path])).toEqual({
    status: 2,
    stdout: '',
    stderr: `evenloop: ${path}:1:15: unknown key limits.headerBites; did you mean limits.headerBytes?\n`,
  })
})

test('an app that does not exist is named with the path that was tried', async () => {
  expect(await runProgram(['start', 'no/such/app.js', ...free])).toEqual({
    status: 2,
    stdout: '',
    stderr: `evenloop: command line: APP is no/such/app.js; accepted: a file that exists (there is no ${join(root, 'no/such/app.js')})\n`,
  })
})

test('an app that throws when it is loaded is shown with its own stack, once for all loops', async () => {
  const program = startProgram(['start', 'test/fixtures/throws-app.js', ...free, '--loops', '3'])
  expect(await program.exited).toBe(1)
  expect(program.stdout()).toBe('')
  expect(program.processes()).toEqual([])
  const stderr = program.stderr()
  expect(stderr.match(/the secret is missing/g)?.length).toBe(1)
  expect(error(stderr)).toMatch(
    new RegExp(
      `the app ${join(root, 'test/fixtures/throws-app.js')} did not start: TypeError: the secret is missing\\n    at readSecret \\(.*throws-app\\.js:2:9\\)[\\s\\S]*\\n\\n` +
        'Correct the app and start again; nothing was left running\\.$',
    ),
  )
})

test('an app that never becomes ready is given up after startTimeout', async () => {
  const program = startProgram(['start', 'test/fixtures/never-ready-app.js', ...free, '--loops', '2', '--start-timeout', '1s'])
  expect(await program.exited).toBe(1)
  expect(program.processes()).toEqual([])
  expect(error(program.stderr())).toMatch(
    /^the app \S+never-ready-app\.js did not start: [^\n]*not ready within[^\n]*startTimeout[^\n]*\n\nCorrect the app and start again; nothing was left running\.$/,
  )
})

test('an app that exits while it serves is started again, and the others serve meanwhile', async () => {
  const cluster = await startCluster({
    app: 'test/fixtures/exits-later-app.js',
    args: ['--loops', '2', '--kind', 'listener', '--restart-min-delay', '1s'],
  })
  const pid = Number(await (await fetch(`${cluster.url}/exit`)).text())
  const down = await cluster.waitFor('the loop gone', ({ loops }) => loops.some((loop) => loop.state !== 'ready'))
  const other = down.loops.find((loop) => loop.state === 'ready')!
  expect(other.pid).not.toBe(pid)
  for (let count = 0; count < 20; count += 1) expect(await (await fetch(cluster.url)).text()).toBe(String(other.pid))
  const { loops } = await cluster.waitFor('the loop back', (status) => status.loops.every((loop) => loop.state === 'ready'))
  expect(loops.map((loop) => loop.restarts).sort()).toEqual([0, 1])
  expect(loops.map((loop) => loop.pid)).not.toContain(pid)
  expect(cluster.stderr()).toMatch(/exit(ed)?[^\n]*\b3\b/)
  expect(await cluster.stop()).toBe(0)
})

test.each([
  ['--listen', '--admin'],
  ['--admin', '--listen'],
] as const)('a port of %s that is taken is named before any loop is started', async (flag, other) => {
  const server = net.createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await until('the server', () => server.listening)
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const { status, stdout, stderr } = await runProgram(['start', app, flag, address, other, '127.0.0.1:0'])
  expect([status, stdout, error(stderr)]).toEqual([
    1,
    '',
    `cannot listen on ${address}: the port is in use by another program; choose another with ${flag}, or stop that one`,
  ])
  expect(stderr).not.toContain('loop 1 of')
})

test('an address that the machine does not have is named', async () => {
  const { status, stdout, stderr } = await runProgram(['start', app, '--listen', '192.0.2.1:8080', '--admin', '127.0.0.1:0'])
  expect([status, stdout, error(stderr)]).toEqual([
    1,
    '',
    'cannot listen on 192.0.2.1:8080: this machine has no such address; choose one of its own with --listen, 0.0.0.0 for all of them',
  ])
})

// Only root can become someone else; where the tests run as someone else already, port 80 is refused as it is.
// Root may listen anywhere, until the right is taken from it.
const through = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service'] : []

test('a port that needs a privilege is named with the remedy', async () => {
  const { status, stdout, stderr } = await runProgram(['start', app, '--listen', '127.0.0.1:80', '--admin', '127.0.0.1:0'], { through })
  expect([status, stdout, error(stderr)]).toEqual([
    1,
    '',
    'cannot listen on 127.0.0.1:80: no permission; ports below 1024 are privileged. Choose a higher one with --listen, or give the program the capability CAP_NET_BIND_SERVICE',
  ])
})
