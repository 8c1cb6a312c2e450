import net from 'node:net'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import { RunError } from './errors.ts'
import { type RoleAdmin, type RoleView, serveRoleAdmin } from './role-admin.ts'

let admin: RoleAdmin | undefined
afterEach(() => admin?.close())

async function serve(view: Partial<RoleView> = {}): Promise<string> {
  admin = await serveRoleAdmin('127.0.0.1:0', {
    ready: () => true,
    metrics: async () => [{ name: 'evenloop_loop_up', series: [{ labels: { loop: '0' }, value: 1 }] }],
    ...view,
  })
  return `http://${admin.address}`
}

test('it says that the process lives, and apart from that whether it serves', async () => {
  let ready = false
  const url = await serve({ ready: () => ready })
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  ready = true
  expect((await fetch(`${url}/readyz?x`)).status).toBe(200)
})

test('it shows the metrics in the format that is asked for', async () => {
  const url = await serve()
  const text = await fetch(`${url}/metrics`)
  expect(text.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await text.text()).toMatch(/^evenloop_loop_up\{loop="0"\} 1\n$/m)
  const open = await fetch(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } })
  expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  expect(await open.text()).toMatch(/\n# EOF\n$/)
})

test('metrics that fail are an answer, not a crash', async () => {
  const url = await serve({ metrics: () => Promise.reject(new Error('no numbers today')) })
  const response = await fetch(`${url}/metrics`)
  expect([response.status, await response.text()]).toEqual([500, 'no numbers today\n'])
})

test('a balancer says where a request would go, or what is wrong with the question; a loop does not know', async () => {
  const url = await serve({
    explain: ({ method, path, key = 'none' }) => ({
      ...{
        balancer: 'b',
        class: 'async',
        priority: 'normal',
        policy: 'p2c',
        reason: `${method} ${path} ${key}`,
        queued: 0,
        candidates: [],
      },
    }),
  })
  const answer = (await (await fetch(`${url}/api/explain?path=%2Fusers%2F7&key=k`)).json()) as { decisions: { reason: string }[] }
  expect(answer.decisions.map(({ reason }) => reason)).toEqual(['GET /users/7 k'])
  const refused = await fetch(`${url}/api/explain`)
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: 'BAD_REQUEST', message: expect.stringMatching(/^path is missing; accepted: /) },
  ])
  admin!.close()
  expect((await fetch(`${await serve()}/api/explain?path=/`)).status).toBe(404)
})

test('it only reads', async () => {
  const url = await serve()
  expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${url}/healthz`, { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(`${url}/other`)).status).toBe(404)
})

test('an address that is none, or taken, is told with its remedy', async () => {
  const view: RoleView = { ready: () => true, metrics: async () => [] }
  await expect(serveRoleAdmin('nowhere', view)).rejects.toThrow(new RunError('--admin is nowhere; accepted: HOST:PORT'))
  const taken = net.createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as AddressInfo
  await expect(serveRoleAdmin(`127.0.0.1:${port}`, view)).rejects.toThrow(
    /cannot serve the admin address 127\.0\.0\.1:\d+: .*EADDRINUSE.*; choose another with --admin/,
  )
  await new Promise((resolve) => taken.close(resolve))
})
