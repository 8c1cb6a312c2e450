import { expect, test } from 'vitest'

import { fakeCluster } from './fixtures/fake-cluster.ts'
import { ask } from './support/ask-admin.ts'
import { runProgram } from './support/program.ts'
import { listenTo } from './support/server-sent.ts'

const token = 'correct-horse-battery-staple'
const bearer = { authorization: `Bearer ${token}` }
const guarded = ['/', '/api/status', '/api/events', '/api/history', '/api/nothing', '/nothing.js'] as const

test('beyond the loopback a token is made, and its link is in the log, once, and nowhere else', async () => {
  const cluster = fakeCluster({ loops: 1, admin: '0.0.0.0:0' })
  const { admin } = await cluster.ready()
  const lines = cluster
    .stderr()
    .split('\n')
    .filter((line) => line.includes('token='))
  expect(lines).toHaveLength(1)
  const link = /http:\/\/localhost:\d+\/\?token=([\w-]{43})/.exec(lines[0]!)!
  expect(cluster.stdout()).not.toContain(link[1])

  expect(await Promise.all(guarded.map(async (path) => (await ask(admin + path)).status))).toEqual(guarded.map(() => 401))
  expect(await Promise.all(['/healthz', '/readyz', '/metrics'].map(async (path) => (await ask(admin + path)).status))).toEqual([
    200, 200, 200,
  ])
  expect((await ask(`${admin}/api/stop`, { 'content-type': 'application/json' }, 'POST')).status).toBe(401)

  const opened = await ask(link[0])
  expect([opened.status, opened.headers.location]).toEqual([303, '/'])
  const [cookie] = opened.headers['set-cookie']!
  expect(cookie).toMatch(/^evenloop_admin=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=\/$/)
  expect(cookie).not.toContain(link[1])
  const headers = { cookie: cookie!.split(';', 1)[0]! }
  expect((await ask(`${admin}/`, headers)).body).toContain('<title>evenloop</title>')
  expect((await ask(`${admin}/api/status`, headers)).status).toBe(200)
  expect((await listenTo(`${admin}/api/events`, headers)).status).toBe(200)
  expect((await ask(`${admin}/api/status`, { authorization: `Bearer ${link[1]}` })).status).toBe(200)
})

test('a token that was chosen is asked for on the loopback too, and is in no log', async () => {
  const cluster = fakeCluster({ loops: 1, adminToken: token })
  const { admin } = await cluster.ready()
  expect((await ask(`${admin}/api/status`)).status).toBe(401)
  expect((await ask(`${admin}/api/status`, bearer)).status).toBe(200)
  expect((await ask(`${admin}/api/status`, { ...bearer, host: 'rebound.example' })).status).toBe(403)
  expect(cluster.stderr() + cluster.stdout()).not.toContain(token)
})

test('who comes without is told in JSON, by a page, and in the words of HTTP', async () => {
  const cluster = fakeCluster({ loops: 1, adminToken: token })
  const { admin } = await cluster.ready()
  const api = await ask(`${admin}/api/status`)
  expect([api.status, api.headers['www-authenticate'], JSON.parse(api.body)]).toEqual([
    401,
    'Bearer realm="evenloop"',
    { error: 'UNAUTHORIZED', message: expect.stringContaining('adminToken in the configuration or EVENLOOP_ADMIN_TOKEN') },
  ])
  const page = await ask(`${admin}/?token=wrong`)
  expect([page.status, page.headers['set-cookie']]).toEqual([401, undefined])
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
  expect(page.body).toContain('The token is in the log')
  expect(page.body).not.toContain('wrong<')
})

test('a token in a link opens the console alone, and only as one value', async () => {
  const cluster = fakeCluster({ loops: 1, adminToken: token })
  const { admin } = await cluster.ready()
  expect((await ask(`${admin}/api/status?token=${token}`)).status).toBe(401)
  expect((await ask(`${admin}/?token=${token}&token=${token}`)).status).toBe(401)
  expect((await ask(`${admin}/?token=${token}`, {}, 'POST')).status).toBe(401)
  // What the router would still take for a path that is open must be that path to the guard as well.
  for (const path of ['//api/status', '/healthz/../api/status', '/healthz%2f..%2fapi/status', '/API/status', '/api/status/'])
    expect([path, (await ask(admin + path)).status]).toEqual([path, 401])
})

test('who guesses is not listened to for a minute; probes and metrics are', async () => {
  const cluster = fakeCluster({ loops: 1, adminToken: token })
  const { admin } = await cluster.ready()
  const guess = async (n: number) => (await ask(`${admin}/api/status`, { authorization: `Bearer guess-${n}` })).status
  for (let n = 0; n < 10; n++) expect(await guess(n)).toBe(401)
  const refused = await ask(`${admin}/api/status`, bearer)
  expect([refused.status, JSON.parse(refused.body).error]).toEqual([429, 'TOO_MANY_GUESSES'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await ask(`${admin}/?token=${token}`)).status).toBe(429)
  expect((await ask(`${admin}/readyz`)).status).toBe(200)
  expect((await ask(`${admin}/metrics`)).status).toBe(200)
})

test('the commands act on such a cluster with the token, and say what is missing without', async () => {
  const cluster = fakeCluster({ loops: 1, adminToken: token })
  const { admin } = await cluster.ready()
  const at = ['--admin', new URL(admin).host]
  const without = await runProgram(['status', ...at])
  expect([without.status, without.stderr]).toEqual([
    1,
    expect.stringContaining('asks for its admin token; give it by EVENLOOP_ADMIN_TOKEN'),
  ])
  const wrong = await runProgram(['reload', ...at], { env: { EVENLOOP_ADMIN_TOKEN: 'another-one-of-20-chars' } })
  expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('the token of EVENLOOP_ADMIN_TOKEN is not that of the cluster')])
  const env = { EVENLOOP_ADMIN_TOKEN: token }
  expect(await runProgram(['scale', '2', ...at], { env })).toMatchObject({ status: 0, stdout: 'scaled: 2 loops serve\n' })
  expect(await runProgram(['status', ...at, '--admin-token', token])).toMatchObject({ status: 0 })
  expect(await runProgram(['stop', ...at], { env })).toMatchObject({ status: 0, stdout: 'stopped\n' })
})

test('a token that cannot be one is refused before anything starts, unseen', async () => {
  for (const bad of ['short', 'with spaces in the middle']) {
    const { status, stderr } = await runProgram(['start', 'examples/demo/app.js'], { env: { EVENLOOP_ADMIN_TOKEN: bad } })
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('EVENLOOP_ADMIN_TOKEN is ***; accepted: at least 16 visible ASCII characters'),
    ])
  }
  const same = { EVENLOOP_ADMIN_TOKEN: token, EVENLOOP_LINK_SECRET: token }
  const { status, stderr } = await runProgram(['start', 'examples/demo/app.js'], { env: same })
  expect([status, stderr]).toEqual([2, expect.stringContaining('another text than link.secret')])
  expect(stderr).not.toContain(token)
  const printed = await runProgram(['config', 'print'], { env: { EVENLOOP_ADMIN_TOKEN: token } })
  expect(printed.stdout).toMatch(/^adminToken +"\*\*\*" +EVENLOOP_ADMIN_TOKEN$/m)
})
