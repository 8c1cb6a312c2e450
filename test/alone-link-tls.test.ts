import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { portOf, requestsByLane, startAloneLoop } from './support/alone-loop.ts'
import { startBalancer } from './support/balancer.ts'
import { canRun } from './support/installed.ts'
import { type Program, startProgram } from './support/program.ts'
import { until } from './support/wait.ts'

// Two authorities that exist for these tests only; the loop's certificate is of the first.
let folder: string
const file = (name: string): string => path.join(folder, name)
const env = { EVENLOOP_LINK_SECRET: 'correct horse battery staple' }

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const

describe.skipIf(!canRun('openssl', 'version'))('the link over TLS', () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenloop-test-'))
    for (const name of ['ca', 'other']) {
      openssl('req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-days', '1')
    }
    openssl('req', ...newKey, '-keyout', 'loop.key', '-out', 'loop.csr', '-subj', '/CN=loop')
    openssl('x509', '-req', '-in', 'loop.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'loop.pem', '-days', '1')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const certificate = (): string[] => ['--link-cert', file('loop.pem'), '--link-key', file('loop.key')]

  async function startLoop(args: readonly string[]): Promise<{ loop: Program; upstream: string }> {
    const loop = startAloneLoop('link+tcp://127.0.0.1:0', { env, args })
    return { loop, upstream: `link+tcp://127.0.0.1:${await portOf(loop)}` }
  }

  test('a balancer that knows the authority speaks the link, and WebSocket at the same address', async () => {
    const { upstream } = await startLoop(certificate())
    const balancer = await startBalancer({ upstreams: [upstream], env, args: ['--link-ca', file('ca.pem')] })
    expect(await (await fetch(balancer.url)).json()).toMatchObject({ hello: 'world', loop: 'a' })
    expect(Object.keys(await requestsByLane(balancer))).toEqual(['link'])
    const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/ws`)
    await until('the WebSocket open', () => socket.readyState === WebSocket.OPEN)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.close()
    await closed
  })

  test.each([
    { what: 'knows another authority', args: () => ['--link-ca', file('other.pem')], loopArgs: certificate, loopSays: '' },
    { what: 'does not speak TLS', args: () => [], loopArgs: certificate, loopSays: 'set link.ca of the balancer' },
    {
      what: 'speaks TLS to a loop without a certificate',
      args: () => ['--link-ca', file('ca.pem')],
      loopArgs: () => [],
      loopSays: 'set link.cert and link.key of the loop',
    },
  ])('a balancer that $what serves nothing, and both say what to set', async ({ args, loopArgs, loopSays }) => {
    const { loop, upstream } = await startLoop(loopArgs())
    const balancer = startProgram(
      ['balancer', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--upstream', upstream, '--timeouts-queue', '100ms', ...args()],
      { env },
    )
    const [, url] = await balancer.said(/ready: (http:\/\/\S+)/)
    await until('the reason in its log', () => balancer.stderr().includes('link.ca of the balancer'))
    await until('the reason in the log of the loop', () => loop.stderr().includes(loopSays))
    expect((await fetch(url!)).status).toBe(503)
  })
})
