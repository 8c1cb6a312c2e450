import { describe, expect, test } from 'vitest'

import type { Decision } from '../core/decision.ts'
import type { LoopStatus, RouteStatus } from '../core/status.ts'
import { portOf, startAloneLoop } from './support/alone-loop.ts'
import { startBalancer } from './support/balancer.ts'
import { type Cluster, startCluster } from './support/cluster.ts'
import { scrape, total } from './support/samples.ts'
import { steadyLoad } from './support/steady-load.ts'
import { until } from './support/wait.ts'

const fixture = (name: string): string => `test/fixtures/${name}`

/** The route's line in the status, once it has counted as many requests. */
async function route(cluster: Cluster, name: string, requests: number): Promise<RouteStatus> {
  const found = ({ routes }: { routes: readonly RouteStatus[] }) => routes.find((one) => `${one.method} ${one.route}` === name)
  const status = await cluster.waitFor(`${requests} requests of ${name}`, (now) => (found(now)?.requests ?? 0) >= requests)
  return found(status)!
}

async function ask(cluster: Cluster, path: string, times: number, init?: RequestInit): Promise<void> {
  for (let i = 0; i < times; i++) await (await fetch(`${cluster.url}${path}/${i}`, init)).text()
}

describe.each(['link', 'http'])('on the %s lane', (lane) => {
  test('the time for which a route holds its loop is measured, wherever in its handling it does so', async () => {
    const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '1', '--lane', lane] })
    for (const path of ['/at-once', '/after-await', '/in-hook', '/streams']) {
      await ask(cluster, path, 6)
      const found = await route(cluster, `GET ${path}/:id`, 6)
      expect(found, path).toMatchObject({ requests: 6, class: 'blocking' })
      expect(found.blockingP50Ms, path).toBeGreaterThan(50)
    }
    await ask(cluster, '/with-body', 6, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })
    expect(await route(cluster, 'POST /with-body/:id', 6)).toMatchObject({ requests: 6, class: 'blocking' })
    await ask(cluster, '/waits', 6)
    expect(await route(cluster, 'GET /waits/:id', 6)).toMatchObject({ requests: 6, class: 'async' })
    await ask(cluster, '/nowhere', 2)
    expect(await route(cluster, 'GET (no route)', 2)).toMatchObject({ class: 'async' })
  })

  test('code between two awaits is laid to its route while no other route is open', async () => {
    const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '1', '--lane', lane] })
    await ask(cluster, '/between', 6)
    const found = await route(cluster, 'GET /between/:id', 6)
    expect(found.requests).toBe(6)
    expect(found.blockingP99Ms).toBeGreaterThan(50)
  })

  test('a handler that hangs is named while it hangs, and told of afterwards', async () => {
    const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '2', '--lane', lane] })
    const answer = fetch(`${cluster.url}/hangs/1`)
    const status = await cluster.waitFor('a loop that is held', ({ loops }) => loops.some(({ holding }) => holding !== undefined))
    const held = status.loops.find(({ holding }) => holding !== undefined)
    expect(held!.holding!.routes).toEqual([{ method: 'GET', route: '/hangs/:id' }])
    expect(held!.holding!.forMs).toBeLessThan(1_500)
    await answer
    await until('a line in the log', () => new RegExp(`loop ${held!.id} was held for \\d\\.\\d s by GET /hangs/:id`).test(cluster.stderr()))
    await cluster.waitFor('no loop held', ({ loops }) => loops.every(({ holding }) => holding === undefined))
  })

  test('an app without patterns is known by its paths', async () => {
    const cluster = await startCluster({ app: fixture('holding-program.js'), args: ['--loops', '1', '--lane', lane] })
    await ask(cluster, '/users', 6)
    await ask(cluster, '/health', 6)
    expect(await route(cluster, 'GET /users/:id', 6)).toMatchObject({ requests: 6, class: 'blocking' })
    expect(await route(cluster, 'GET /health/:id', 6)).toMatchObject({ requests: 6, class: 'async' })
  })
})

test('a hold that is over before anyone looks is told of its loop for some seconds', async () => {
  const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '2'] })
  await ask(cluster, '/at-once', 1)
  const ours = ({ lastHold }: LoopStatus): boolean => lastHold?.route === '/at-once/:id'
  const { loops } = await cluster.waitFor('a hold that is over', (now) => now.loops.some(ours))
  expect(loops.find(ours)!.lastHold).toMatchObject({ method: 'GET', route: '/at-once/:id' })
  expect(loops.find(ours)!.lastHold!.forMs).toBeGreaterThanOrEqual(59)
  await cluster.waitFor('it to be forgotten', (now) => !now.loops.some(ours))
})

test('the counts of a loop that works off blocking requests without a pause do not stand still', async () => {
  const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '1'] })
  const load = steadyLoad(cluster.url, ['/at-once/1'])
  await cluster.waitFor('a loop that is held', ({ loops }) => loops.some(({ holding }) => holding !== undefined))
  const answered = (): number => load.answers.get(200) ?? 0
  let late = 0
  for (let i = 0; i < 10; i++) {
    const before = answered()
    const counted = total(await scrape(cluster.adminUrl), 'evenloop_route_blocking_seconds_count', '/at-once/:id')
    if (counted < before) late++
    await until('more answers', () => answered() >= before + 10)
  }
  // Not none: a machine without time for the loop may be late once or twice.
  expect(late).toBeLessThan(4)
  await load.finish()
})

test('every request is counted once by its route, also those whose client has gone, over a reload', async () => {
  const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '2'] })
  await ask(cluster, '/waits', 4)
  await route(cluster, 'GET /waits/:id', 4)
  const gone = new AbortController()
  const answer = fetch(`${cluster.url}/lasts/5`, { signal: gone.signal }).catch(() => undefined)
  await cluster.waitFor('a request in flight', ({ loops }) => loops.some(({ inFlight }) => inFlight > 0))
  gone.abort()
  await answer
  await route(cluster, 'GET /lasts/:id', 1)
  expect((await cluster.post('/api/reload?wait=1')).status).toBe(200)
  await ask(cluster, '/waits', 4)
  expect((await route(cluster, 'GET /waits/:id', 8)).requests).toBe(8)
  expect(await cluster.metric('evenloop_route_blocking_seconds_count')).toEqual(
    expect.arrayContaining([
      'evenloop_route_blocking_seconds_count{method="GET",route="/waits/:id"} 8',
      'evenloop_route_blocking_seconds_count{method="GET",route="/lasts/:id"} 1',
    ]),
  )
})

test('a profile of a loop that hangs shows the code that holds it', async () => {
  const cluster = await startCluster({ app: fixture('holding-app.js'), args: ['--loops', '2'] })
  const answer = fetch(`${cluster.url}/spins/1`)
  const { loops } = await cluster.waitFor('a loop that is held', (now) => now.loops.some(({ holding }) => holding !== undefined))
  const { id } = loops.find(({ holding }) => holding !== undefined)!
  const { status, body } = await cluster.post(`/api/loops/${id}/profile`, { seconds: 1 })
  expect(status).toBe(200)
  const nodes = body['nodes'] as { readonly callFrame: { readonly url: string; readonly functionName: string } }[]
  expect(nodes.some(({ callFrame }) => callFrame.url.endsWith('holding-app.js') && callFrame.functionName === 'fibonacci')).toBe(true)
  const held = await cluster.post(`/api/loops/${id}/heap-snapshot`)
  expect(held).toMatchObject({ status: 503, body: { error: 'UNAVAILABLE' } })
  await answer
})

test('a heap snapshot is one, and leaves no file', async () => {
  const cluster = await startCluster({ app: 'examples/demo/app.js', args: ['--loops', '1'] })
  const { status, body } = await cluster.post('/api/loops/0/heap-snapshot')
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(expect.arrayContaining(['snapshot', 'nodes', 'edges', 'strings']))
  expect(await cluster.post('/api/loops/7/heap-snapshot')).toMatchObject({ status: 404, body: { message: 'no loop 7; there are 0' } })
  expect((await fetch(`${cluster.url}/`)).status).toBe(200)
})

test('a loop that runs alone says itself what holds it, and its balancer learns which routes block', async () => {
  const loop = startAloneLoop('link+tcp://127.0.0.1:0', { app: fixture('holding-app.js') })
  const balancer = await startBalancer({ upstreams: [`link+tcp://127.0.0.1:${await portOf(loop)}`] })
  for (let i = 0; i < 6; i++) await fetch(`${balancer.url}/at-once/${i}`)
  await until('the balancer to know', async () => {
    const { decisions } = (await (await fetch(`${balancer.adminUrl}/api/explain?path=/at-once/x`)).json()) as { decisions: Decision[] }
    return decisions[0]!.class === 'blocking' && decisions[0]!.route === 'GET /at-once/:id'
  })
  await fetch(`${balancer.url}/hangs/1`)
  await until('a line of the loop', () => /loop \S+ was held for \d\.\d s by GET \/hangs\/:id/.test(loop.stderr()))
})

test('a route that the app declares is blocking without a request, and what the operator says stands above that', async () => {
  const env = { EVENLOOP_ROUTES: '{"GET /report":"async"}' }
  const cluster = await startCluster({ app: fixture('apps/declares-routes.mjs'), args: ['--loops', '2'], env })
  const { routes } = await cluster.waitFor('the routes', (now) => now.routes.length > 0)
  const classes = routes.map((one) => `${one.method} ${one.route} ${one.class} ${one.requests}`)
  expect(classes).toEqual([
    'POST /import blocking 0',
    'GET /quick async 0',
    'HEAD /quick async 0',
    'GET /report async 0',
    'HEAD /report async 0',
  ])
})
