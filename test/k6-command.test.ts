import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import { image } from '../scripts/load/k6.ts'
import { runLoad } from './support/load-command.ts'
import { root } from './support/program.ts'

/** A PATH with nothing on it but these programs, written in shell. */
function pathWith(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-path-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** A server that gives every request this answer. */
async function answering(body: string): Promise<string> {
  const server = createServer((_request, response) => void response.end(body)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('npm run load', () => {
  test('without a name it lists the scripts, with a line on each', async () => {
    const { status, stdout } = await runLoad([])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^ {2}mixed +Three requests in a hundred block/m)
    expect(stdout.match(/^ {2}\w+ {2,}\S.{20,}$/gm)).toHaveLength(8)
  })

  test('--help has the flags and the scripts', async () => {
    const { status, stdout } = await runLoad(['--help'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/--duration TIME[^]*--prometheus URL[^]*npm run load -- smoke/)
    expect(stdout).toContain('  breakpoint')
  })

  test('a wrong name is answered with the right ones', async () => {
    const { status, stderr } = await runLoad(['smoek'])
    expect(status).toBe(2)
    expect(stderr).toContain('there is no script "smoek". There are: breakpoint, load, mixed, smoke,')
  })

  test('where nothing listens it says how to start the demo', async () => {
    const { status, stderr } = await runLoad(['smoke', '--url', await closedPort()])
    expect(status).toBe(1)
    expect(stderr).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)[^]*npm start/)
  })

  test('an app that is not the demo is told from it', async () => {
    const { status, stderr } = await runLoad(['smoke', '--url', await answering('<h1>It works!</h1>')])
    expect(status).toBe(1)
    expect(stderr).toMatch(/answers, but not as the demo does[^]*npm start/)
  })

  test.each([
    [{}, 'there is no k6 on the PATH, and no Docker engine answers'],
    [{ k6: 'echo "k6 v0.49.0 (go1.21, linux/amd64)"' }, 'the k6 on the PATH is v0.49.0, and the scripts need 1.0 or later'],
    [{ docker: 'exit 1' }, 'there is no k6 on the PATH, and no Docker engine answers'],
  ])('with %j for programs it names three ways to get k6', async (programs, reason) => {
    const { status, stderr } = await runLoad(['smoke', '--url', await closedPort()], { PATH: pathWith(programs) })
    expect(status).toBe(2)
    expect(stderr).toContain(reason)
    expect(stderr).toMatch(/a package:[^]*with Go:[^]*with Docker:/)
  })

  test('--docker without an engine does not fall back', async () => {
    const { status, stderr } = await runLoad(['smoke', '--docker'], { PATH: pathWith({ k6: 'echo "k6 v1.8.1"' }) })
    expect(status).toBe(2)
    expect(stderr).toContain('--docker was asked for, and no Docker engine answers')
  })

  test('without k6 it runs the container, on the network and as the user of whoever called, and passes its exit status on', async () => {
    const path = pathWith({ docker: '[ "$1" = run ] || exit 0; echo "$@ RATE=$RATE BASE_URL=$BASE_URL"; exit 99' })
    const url = await answering('{"hello":"world"}')
    const { status, stdout } = await runLoad(['smoke', '--url', url, '--rate', '3'], { PATH: path })
    expect(status).toBe(99)
    expect(stdout).toContain(`run --rm --network host `)
    expect(stdout).toContain(` --user ${process.getuid!()}:${process.getgid!()} `)
    expect(stdout).toContain(` --env RATE `)
    expect(stdout).toContain(` ${image} run `)
    expect(stdout).toContain(`k6/smoke.js RATE=3 BASE_URL=${url}`)
  })

  test('Compose runs the same image', () => {
    expect(readFileSync(join(root, 'docker-compose.yml'), 'utf8')).toContain(`image: ${image}\n`)
  })
})

/** An address where nothing listens any more. */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
