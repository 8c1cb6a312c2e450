import { readdirSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { startCluster, type Cluster } from './support/cluster.ts'
import { runLoad } from './support/load-command.ts'
import { root } from './support/program.ts'

const scripts = readdirSync(join(root, 'k6'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -3))

// Short, and slow enough for any machine: what is tried here is the scripts, not how fast the cluster is.
const short = ['--duration', '3s', '--rate', '10', '--p99', '3000']

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the k6 scripts against a real cluster', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2'], shared: true })
  })

  test.each(scripts)('%s passes, and says so as text, JSON and a page', async (script) => {
    const { status, stdout, stderr, report, page } = await runLoad([script, '--url', cluster.url, ...short])
    expect(status, stdout + stderr).toBe(0)
    expect(stdout).toContain(`${script}  passed: all `)
    expect(report()).toMatchObject({ script, passed: true, failed: 0, shed: 0 })
    expect(report().requests).toBeGreaterThan(0)
    expect(report().checks.length).toBeGreaterThan(0)
    expect(report().checks.filter(({ passes, fails }) => passes === 0 || fails > 0)).toEqual([])
    expect(page()).toMatch(/^<!doctype html>[^]*✓ passed[^]*<\/html>\n$/)
    // It is opened from a disk, without a network: nothing may be fetched, and nothing run.
    expect(page()).not.toMatch(/<script|<link|src=|url\(/)
  })

  test('what k6 measures goes to a Prometheus that is named', async () => {
    const written: string[] = []
    const prometheus = await serve((request, response) => {
      written.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
      request.resume().on('end', () => response.writeHead(204).end())
    })
    const { status } = await runLoad(['smoke', '--url', cluster.url, '--prometheus', prometheus, ...short])
    expect(status).toBe(0)
    expect(written).toContain('POST /api/v1/write application/x-protobuf')
  })
})

describe('thresholds fail, with status 99', () => {
  test('when every loop is blocked', async () => {
    const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '1'] })
    const over = new AbortController()
    const blocking = (async () => {
      while (!over.signal.aborted) await (await fetch(`${cluster.url}/block?ms=600`)).text()
    })()
    // Its own limit of the 99th percentile, which a loop that is held for 600 ms at a time cannot keep.
    const { status, stdout, report, page } = await runLoad(['load', '--url', cluster.url, '--duration', '4s', '--rate', '20'])
    over.abort()
    await blocking
    expect(status).toBe(99)
    expect(stdout).toMatch(/load {2}failed: [^]*✗ http_req_duration\{route:\/io\} p\(99\)<250: was /)
    expect(report()).toMatchObject({ passed: false, failed: 0 })
    expect(page()).toContain('✗ failed')
  })

  test('when the bodies are not what they should be', async () => {
    const url = await serve((request, response) => void request.resume().on('end', () => response.end('{"hello":"world"}')))
    const { status, stdout, report } = await runLoad(['smoke', '--url', url, ...short])
    expect(status).toBe(99)
    expect(stdout).toMatch(/✗ \/io waited: \d+ of \d+ wrong/)
    expect(
      report()
        .checks.filter(({ fails }) => fails === 0)
        .map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['/ says hello', '/io answers 200']))
  })

  test('when more is shed than a spike may cost; a polite refusal is no failure by itself', async () => {
    let greeted = false
    const url = await serve((request, response) => {
      request.resume()
      // The command asks for the greeting before it starts k6.
      if (greeted) response.writeHead(503, { 'retry-after': '1' }).end('{"error":"OVERLOADED"}')
      else response.end('{"hello":"world"}')
      greeted = true
    })
    const { status, report } = await runLoad(['spike', '--url', url, ...short])
    expect(status).toBe(99)
    expect(report()).toMatchObject({ shed: 1, failed: 0 })
    expect(report().checks.filter(({ fails }) => fails > 0)).toEqual([])
    expect(
      report()
        .thresholds.filter(({ ok }) => !ok)
        .map(({ metric }) => metric),
    ).toEqual(expect.arrayContaining(['shed', 'shed{phase:after}']))
  })
})
