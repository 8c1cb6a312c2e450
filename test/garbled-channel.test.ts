import { expect, test } from 'vitest'

import { startCluster } from './support/cluster.ts'
import { until } from './support/wait.ts'

test.each(['this is no message\n', '{"type":"rep', '{"type":"report","report":{\n'])(
  'a loop that writes %j into the channel is replaced, and nobody else hears of it',
  async (text) => {
    const cluster = await startCluster({ app: 'test/fixtures/channel-app.js', args: ['--loops', '2', '--balancers', '1'] })
    const before = new Set((await cluster.status()).loops.map(({ pid }) => pid))
    // A POST: a GET that dies with its loop is repeated on the other one.
    const answer = await fetch(`${cluster.url}/write?to=3&text=${encodeURIComponent(text)}`, { method: 'POST' })
    expect([200, 502]).toContain(answer.status)
    const { loops } = await cluster.waitFor('a successor', (status) =>
      status.loops.some(({ pid, state }) => state === 'ready' && !before.has(pid)),
    )
    expect(loops.filter(({ pid }) => before.has(pid))).toHaveLength(1)
    await until('the reason in the log', () =>
      /loop \d ended with signal SIGKILL \(something in it had written into descriptor 3/.test(cluster.stderr()),
    )
    expect((await fetch(cluster.url)).status).toBe(200)
  },
)
