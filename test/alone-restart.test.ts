import path from 'node:path'

import { expect, test } from 'vitest'

import { portOf, requestsByLane, startAloneLoop } from './support/alone-loop.ts'
import { failures, startArrival } from './support/arrival.ts'
import { startBalancer } from './support/balancer.ts'
import { createLedger, temporaryFolder } from './support/ledger.ts'
import { signal } from './support/program.ts'
import { until } from './support/wait.ts'

const env = { EVENLOOP_LINK_SECRET: 'correct horse battery staple' }

test.each([
  { start: 'link+unix:', lane: 'link' },
  { start: 'link+tcp://127.0.0.1:0', lane: 'link' },
  { start: 'http+unix:', lane: 'http' },
])('a balancer finds a loop again that was killed and comes back at its address ($start)', async ({ start, lane }) => {
  const isUnix = start.endsWith('unix:')
  const serve = isUnix ? `${start}${path.join(temporaryFolder(), 'a.sock')}` : start
  const first = startAloneLoop(serve, { env })
  const address = isUnix ? serve : `link+tcp://127.0.0.1:${await portOf(first)}`
  const balancer = await startBalancer({ upstreams: [address], env })
  expect((await fetch(balancer.url)).status).toBe(200)

  await first.kill()
  startAloneLoop(address, { env })
  await until('an answer of the second loop', async () => (await fetch(balancer.url)).status === 200)
  expect(Object.keys(await requestsByLane(balancer))).toEqual([lane])
})

test('loops that are told to end, one after the other, lose nothing', async () => {
  const ledger = createLedger()
  const addresses = ['a', 'b'].map((name) => `link+unix:${path.join(temporaryFolder(), name)}`)
  const start = (address: string) => startAloneLoop(address, { app: 'test/fixtures/ledger-app.js', env: { LEDGER: ledger.path } })
  const loops = addresses.map(start)
  const balancer = await startBalancer({ upstreams: addresses })
  const rate = 200
  const arrival = startArrival({ port: balancer.port, rate })
  const sendMore = async (count: number): Promise<void> => {
    const target = arrival.sent() + count
    await until(`${count} more requests`, () => arrival.sent() >= target)
  }
  await sendMore(rate)
  for (const [index, loop] of loops.entries()) {
    signal(loop.pid, 'SIGTERM')
    expect(await loop.exited).toBe(0)
    await sendMore(rate)
    const next = start(addresses[index]!)
    await until('the next one ready', () => next.stderr().includes('serving on'))
    // Until the balancer has found it again, the other is all there is.
    await until('requests that the next one serves', async () => {
      const answer = (await (await fetch(`${balancer.url}/get?id=x`)).json()) as { pid: number }
      return answer.pid === next.pid
    })
  }
  const outcomes = await arrival.finish()
  expect(failures(outcomes)).toEqual([])
  expect([...ledger.entries()].filter(([, times]) => times > 1)).toEqual([])
  expect(Object.keys(await requestsByLane(balancer))).toEqual(['link'])
})
