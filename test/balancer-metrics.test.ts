import { expect, test } from 'vitest'

import { startCluster } from './support/cluster.ts'

test('what a balancer has counted of a loop outlives the death of its process, and ends when the loop is scaled away', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2', '--balancers', '1', '--policy', 'round-robin'] })
  const count = async (loop: string): Promise<number | undefined> => {
    const line = (await cluster.metric('evenloop_proxy_requests_total')).find((each) => each.includes(`loop="${loop}"`))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }
  for (let i = 0; i < 4; i++) await (await fetch(cluster.url)).text()
  expect([await count('0'), await count('1')]).toEqual([2, 2])

  const { pid } = (await cluster.status()).loops[1]!
  process.kill(pid, 'SIGKILL')
  await cluster.waitFor('the successor', ({ loops }) => loops[1]!.state === 'ready' && loops[1]!.pid !== pid)
  expect(await count('1')).toBe(2)

  await cluster.post('/api/scale?wait=1', { loops: 1 })
  expect([await count('0'), await count('1')]).toEqual([2, undefined])
})
