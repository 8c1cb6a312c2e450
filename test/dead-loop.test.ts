import { expect, test } from 'vitest'

import { type Cluster, startCluster } from './support/cluster.ts'
import { createLedger, type Ledger } from './support/ledger.ts'
import { ask } from './support/loop-process.ts'
import { signal } from './support/program.ts'
import { scrape, type Samples, total } from './support/samples.ts'
import { until } from './support/wait.ts'

interface Kind {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly bytes: number
}

const perKind = 8

/** Two loops that are given requests in turn. */
async function startPair(lane: string): Promise<{ cluster: Cluster; ledger: Ledger; victim: number }> {
  const ledger = createLedger()
  const cluster = await startCluster({
    app: 'test/fixtures/ledger-app.js',
    env: { LEDGER: ledger.path },
    args: ['--loops', '2', '--balancers', '1', '--lane', lane, '--policy', 'round-robin'],
  })
  return { cluster, ledger, victim: (await cluster.status()).loops[0]!.pid }
}

/**
 * Sends requests of each kind, and kills a loop when the other has answered its own and the rest waits. It sends more of them until what
 * waits is enough.
 */
async function killUnder(
  cluster: Cluster,
  victim: number,
  kinds: readonly Kind[],
  query = '',
  enough: (open: readonly string[]) => Promise<boolean> = async () => true,
) {
  const open = new Set<string>()
  const send = async ({ method, bytes }: Kind, id: string) => {
    const path = `/${method === 'GET' ? 'get' : 'begin'}?id=${id}${query}`
    const headers = bytes === 0 ? {} : { 'content-type': 'application/json', 'content-length': bytes }
    open.add(id)
    const { status, text } = await ask({ port: cluster.port, method, path, headers }, 'x'.repeat(bytes))
    open.delete(id)
    return { id, method, bytes, status, body: JSON.parse(text) as Record<string, unknown> }
  }
  let samples: Samples = new Map()
  const answers: ReturnType<typeof send>[] = []
  do {
    for (const kind of kinds) for (let i = 0; i < perKind; i++) answers.push(send(kind, `${kind.method}-${kind.bytes}-${answers.length}`))
    // As many as came before it was known to be silent. What came when it was late already has moved to the other one, where that is safe.
    await until('all others to be answered', async () => {
      samples = await scrape(cluster.adminUrl)
      const waiting = total(samples, 'evenloop_proxy_in_flight_requests', 'loop="0"')
      return waiting > 0 && waiting === open.size && waiting === total(samples, 'evenloop_proxy_in_flight_requests')
    })
  } while (!(await enough([...open])))
  const repeated = open.size + total(samples, 'evenloop_proxy_retries_total')
  signal(victim, 'SIGKILL')
  return { outcomes: await Promise.all(answers), repeated }
}

const small: readonly Kind[] = [
  { method: 'GET', bytes: 0 },
  { method: 'POST', bytes: 0 },
  { method: 'POST', bytes: 1_000 },
]

test.each([
  { lane: 'link', kinds: [...small, { method: 'POST', bytes: 300_000 }, { method: 'PUT', bytes: 300_000 }] as const },
  // Over HTTP a large body is under way before the loop can say that it has begun.
  { lane: 'http', kinds: small },
])('on the $lane lane what a loop had not begun when it died is served by another, whatever its method', async ({ lane, kinds }) => {
  const { cluster, ledger, victim } = await startPair(lane)
  // The purest of blocked loops: the system takes bytes for it, and it takes none of them.
  signal(victim, 'SIGSTOP')
  const { outcomes, repeated } = await killUnder(cluster, victim, kinds)

  for (const { id, method, bytes, status, body } of outcomes) {
    expect({ id, status, body }).toMatchObject({ id, status: 200, body: method === 'GET' ? { id } : { id, bytes } })
  }
  const begun = ledger.entries()
  expect(outcomes.filter(({ method, id }) => method !== 'GET' && begun.get(id) !== 1)).toEqual([])
  expect((await cluster.metric('evenloop_proxy_retries_total')).join()).toMatch(new RegExp(` ${repeated}$`))
})

test.each(['link', 'http'])(
  'on the %s lane what a loop had begun when it died is answered 502, unless it is safe to repeat',
  async (lane) => {
    const { cluster, ledger, victim } = await startPair(lane)
    const kinds: readonly Kind[] = [...small, { method: 'PUT', bytes: 1_000 }]
    const { outcomes, repeated } = await killUnder(cluster, victim, kinds, '&stuckOn=0', async (open) => {
      // A loop says that it takes a request before it does, and could be killed between the two.
      await until('all that wait to be begun', () => open.every((id) => id.startsWith('GET') || ledger.entries().has(id)))
      return open.some((id) => id.startsWith('POST')) && open.some((id) => id.startsWith('PUT'))
    })

    const begun = ledger.entries()
    for (const { id, method, status, body } of outcomes) {
      if (status === 200) expect(body).toMatchObject({ id, loop: '1' })
      else expect({ method, status, body }).toMatchObject({ method: 'POST', status: 502, body: { error: 'LOOP_FAILED' } })
    }
    const lost = outcomes.filter(({ status }) => status === 502)
    expect(lost.length).toBeGreaterThan(0)
    expect(outcomes.filter(({ method, id }) => method === 'POST' && begun.get(id) !== 1)).toEqual([])
    expect(outcomes.some(({ method, id }) => method === 'PUT' && begun.get(id) === 2)).toBe(true)
    expect((await cluster.metric('evenloop_proxy_retries_total')).join()).toMatch(new RegExp(` ${repeated - lost.length}$`))
  },
)
