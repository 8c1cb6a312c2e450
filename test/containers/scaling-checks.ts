import assert from 'node:assert/strict'

import { check, until } from './checks.ts'
import { compose, containers, docker, evaluate, published } from './docker.ts'
import { startTraffic, type Traffic } from './traffic.ts'

/** Requests that a loop's container has served. */
const requestsOf = (container: string): number => {
  const text = evaluate(container, "fetch('http://127.0.0.1:9400/metrics').then((r) => r.text()).then(console.log)")
  return Number(/^evenloop_loop_requests_total\S* (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

const scale = (count: number): void =>
  void compose('up', '-d', '--no-build', '--no-recreate', '--scale', `loop-node=${count}`, 'proxy', 'loop-node')

const nothingFailed = async (traffic: Traffic): Promise<void> => {
  const { sent, failed } = await traffic.stop()
  assert.deepEqual(failed, [], `${failed.length} of ${sent} requests failed`)
}

/** Every running loop serves, also those that came while the traffic flowed. */
const allServe = (count: number): Promise<void> =>
  until(`requests on each of ${count} loops`, () => {
    const ids = containers('loop-node')
    return ids.length === count && ids.every((id) => requestsOf(id) > 0)
  })

/** The balancer follows by DNS as loops come, go and die, under constant traffic and without a restart. */
export async function checkScaling(): Promise<void> {
  const identity = (): string[] =>
    containers('proxy').map((id) => docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}', id))
  const before = identity()
  const start = (): Traffic => startTraffic(published('proxy', 8080), 200)

  await check('scaling from 2 loops to 4: the new ones serve, no request fails', async () => {
    const traffic = start()
    scale(4)
    await allServe(4).finally(async () => nothingFailed(traffic))
  })

  await check('scaling from 4 loops to 1: no request fails', async () => {
    const traffic = start()
    scale(1)
    await nothingFailed(traffic)
    assert.equal(containers('loop-node').length, 1)
  })

  await check('docker kill of one of 2 loops: no GET fails, a POST only where its loop had begun it', async () => {
    scale(2)
    const traffic = start()
    await allServe(2)
    const [victim, other] = containers('loop-node')
    docker('kill', victim!)
    const served = requestsOf(other!)
    await until('the other loop to serve on', () => requestsOf(other!) > served + 400)
    const { sent, failed } = await traffic.stop()
    console.log(`        ${failed.length} of ${sent} requests failed`)
    assert.deepEqual(
      failed.filter((failure) => !/^POST: 502 .*LOOP_FAILED/.test(failure)),
      [],
    )
  })

  await check('the balancer has not been restarted', () => assert.deepEqual(identity(), before))
}
