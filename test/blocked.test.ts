import { expect, test } from 'vitest'

import type { ClusterStatus } from '../core/status.ts'
import { startCluster } from './support/cluster.ts'
import { runProgram, signal } from './support/program.ts'

const blocked = ({ loops }: ClusterStatus): string[] => loops.filter((loop) => loop.blocked).map((loop) => loop.id)

test('a loop that a handler blocks is shown as blocked while it is, and the others are not', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '2'] })
  const answer = fetch(`${cluster.url}/block?ms=5000`)
  const status = await cluster.waitFor('a blocked loop', (now) => blocked(now).length > 0, 4_500)
  expect(blocked(status)).toHaveLength(1)
  const { stdout } = await runProgram(['status', '--admin', new URL(cluster.adminUrl).host])
  expect(stdout).toMatch(new RegExp(`^${blocked(status)[0]} +\\d+ +blocked `, 'm'))
  expect(await (await answer).json()).toMatchObject({ loop: blocked(status)[0] })
  await cluster.waitFor('no blocked loop', (now) => blocked(now).length === 0)
})

test('a loop that is kept busy for a moment is blocked for that moment', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '1'] })
  let answered = false
  const answer = fetch(`${cluster.url}/cpu?ms=1500`).then(() => (answered = true))
  await cluster.waitFor('a blocked loop', (now) => blocked(now).length === 1)
  expect(answered).toBe(false)
  await answer
  await cluster.waitFor('no blocked loop', (now) => blocked(now).length === 0)
})

test('neither a blocked loop that was killed nor its successor is blocked afterwards', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '1'] })
  const client = new AbortController()
  const answer = fetch(`${cluster.url}/block?ms=60000`, { signal: client.signal }).catch(() => undefined)
  const [loop] = (await cluster.waitFor('a blocked loop', (now) => blocked(now).length > 0)).loops
  // Otherwise the request, being safe to repeat, would be given to the successor.
  client.abort()
  await answer
  await cluster.waitFor('the client to be gone', ({ balancers }) => balancers.every(({ inFlight }) => inFlight === 0))
  signal(loop!.pid, 'SIGKILL')
  const after = await cluster.waitFor('a successor that serves', ({ loops }) => loops[0]!.restarts === 1 && loops[0]!.state === 'ready')
  expect(blocked(after)).toEqual([])
})
