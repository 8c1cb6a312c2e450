import { expect, test } from 'vitest'

import { startAloneLoop } from './support/alone-loop.ts'
import { startCluster } from './support/cluster.ts'
import { connectRaw } from './support/raw.ts'
import { until } from './support/wait.ts'

const app = 'test/fixtures/vanish-app.js'
const request = 'GET /download HTTP/1.1\r\nHost: a\r\n\r\n'

/** Asks for three endless answers on one connection, and goes while the first one comes: two wait in line behind it. */
async function vanishInLine(port: number): Promise<void> {
  const client = await connectRaw(port)
  client.send(request.repeat(3))
  await client.until((text) => text.length > 20_000)
  client.vanish()
}

test.each(['link', 'http'])('on the %s lane requests that wait in line behind another are let go with their client', async (lane) => {
  const cluster = await startCluster({ app, args: ['--loops', '1', '--balancers', '1', '--lane', lane] })
  for (let i = 0; i < 5; i++) await vanishInLine(cluster.port)
  const isIdle = ({ inFlight, requests }: { inFlight: number; requests: number }): boolean => inFlight === 0 && requests > 0
  await cluster.waitFor('nothing under way', ({ loops, balancers }) => isIdle(loops[0]!) && isIdle(balancers[0]!))
})

test('a loop that is asked without a balancer lets them go too, and counts each once', async () => {
  const loop = startAloneLoop('http://127.0.0.1:0', { app, args: ['--admin', '127.0.0.1:0'] })
  const [, admin] = await until('its admin address', () => /admin on (http:\/\/[\d.:]+)/.exec(loop.stderr()) ?? undefined)
  const [, port] = await until('its address', () => /serving on http:\/\/127\.0\.0\.1:(\d+)/.exec(loop.stderr()) ?? undefined)
  await vanishInLine(Number(port))
  const sum = (text: string, name: string): number =>
    [...text.matchAll(new RegExp(`^${name}{(?!.*\\(no request\\)).*} (\\d+)$`, 'gm'))].reduce((all, [, value]) => all + Number(value), 0)
  const text = await until('nothing under way', async () => {
    const now = await (await fetch(`${admin}/metrics`)).text()
    return sum(now, 'evenloop_loop_requests_total') === 3 && sum(now, 'evenloop_loop_in_flight_requests') === 0 && now
  })
  expect(sum(text, 'evenloop_route_blocking_seconds_count')).toBeGreaterThanOrEqual(3)
})
