import { systemClock } from '../../core/sources.ts'

import { type Arrivals, arrivals, dueMs } from './arrivals.ts'
import { burst } from './burst.ts'
import type { Answer, Burst, BurstPlan, Command, Offered, OfferPlan, RouteLoad } from './commands.ts'
import type { RequestText, Settle } from './connection.ts'
import { seededRng } from '../seeded-rng.ts'
import { draw, routeDraw } from './draw.ts'
import { isGood, isRefused, offered } from './offer.ts'
import { Pool } from './pool.ts'
import { browserRequest, requestText } from './request-text.ts'

// A process of its own, so that its CPU time is nobody's: node main.js URL, and commands by IPC.
const url = new URL(process.argv[2]!)
const request = browserRequest(url)
const clock = systemClock
// Beyond these, requests wait in the client, and are late for it.
const mostConnections = 8_000
const graceSeconds = 50
const newPool = (): Pool => new Pool(Number(url.port), url.hostname, mostConnections)
let pool = newPool()

async function load(seconds: number): Promise<Partial<Answer>> {
  const failures: string[] = []
  let requests = 0
  const after = (status: number, failure: string | undefined) => {
    if (status === 200) requests += 1
    else failures.push(failure ?? `HTTP/1.1 ${status}`)
    return status === 200 ? 'at once' : 'not at all'
  }
  await burst({ connections: pool.size, seconds, ask: (settle) => pool.ask(request, settle), after }, clock)
  return { requests, failures }
}

/** At a constant rate: what is not answered by a 200 has failed. */
async function arrive(rate: number, seconds: number, textOf: (index: number) => RequestText): Promise<Arrivals & { failed: string[] }> {
  const ask = (index: number, settle: Settle): void => pool.ask(textOf(index), settle)
  const result = await arrivals({ rate, seconds, graceSeconds, ask }, clock)
  const wrong = [...result.statuses.entries()].filter(([, status]) => status !== 200)
  return { ...result, failed: wrong.map(([index, status]) => result.failures.get(index) ?? `HTTP/1.1 ${status}`) }
}

async function mix({ rate, seconds, other, seed }: Command & { readonly do: 'mix' }): Promise<Partial<Answer>> {
  const others = draw(Math.round(rate * seconds), other.share, seed)
  const elsewhere = browserRequest(new URL(other.path, url))
  const { latenciesMs, failed } = await arrive(rate, seconds, (index) => (others[index] === true ? elsewhere : request))
  const noted = others.map((isOther, index) => ({ other: isOther, dueMs: dueMs(index, rate), latencyMs: latenciesMs[index]! }))
  return { requests: noted.length - failed.length, arrivals: noted, failures: failed }
}

/** The texts of the routes, and a draw among them. */
function routesOf({ routes, seed }: RouteLoad): { readonly texts: readonly RequestText[]; readonly next: () => number } {
  return {
    texts: routes.map((route) => requestText(route, url.host)),
    next: routeDraw(
      routes.map(({ weight }) => weight),
      seededRng(seed),
    ),
  }
}

async function offer(plan: OfferPlan): Promise<Offered> {
  const { texts, next } = routesOf(plan)
  const kinds = Uint16Array.from({ length: Math.max(1, Math.round(plan.rate * plan.seconds)) }, next)
  const ask = (index: number, settle: Settle): void => pool.ask(texts[kinds[index]!]!, settle)
  const result = await arrivals({ ...plan, ask }, clock)
  renewWhereAbandoned(result)
  return offered(result, kinds, texts.length, plan)
}

/** What is not waited for any more would keep its connection, and answer into a later measurement. */
function renewWhereAbandoned({ failures }: Arrivals): void {
  if (failures.size === 0) return
  pool.close()
  pool = newPool()
}

async function burstOf(plan: BurstPlan): Promise<Burst> {
  const { texts, next } = routesOf(plan)
  const counts = texts.map(() => ({ asked: 0, good: 0, refused: 0, failed: 0 }))
  const end = clock.now() + plan.seconds * 1000
  const after = (status: number, _failure: string | undefined) => (isGood(status) ? 'at once' : 'after a pause')
  const ask = (settle: Settle): void => {
    const kind = next()
    const count = counts[kind]!
    count.asked += 1
    pool.ask(texts[kind]!, (status, failure) => {
      if (clock.now() < end) count[isGood(status) ? 'good' : isRefused(status) ? 'refused' : 'failed'] += 1
      settle(status, failure)
    })
  }
  await burst({ connections: plan.connections, seconds: plan.seconds, ask, after }, clock)
  return { seconds: plan.seconds, routes: counts }
}

async function obey(command: Command): Promise<Answer> {
  const started = clock.now()
  const result = await act(command)
  const seconds = (clock.now() - started) / 1000
  return { requests: 0, latenciesMs: [], arrivals: [], failures: [], seconds, ...result, connections: pool.size }
}

async function act(command: Command): Promise<Partial<Answer>> {
  switch (command.do) {
    case 'open':
      return { failures: await pool.openUntil(command.connections, request) }
    case 'load':
      return await load(command.seconds)
    case 'arrive': {
      const { latenciesMs, failed } = await arrive(command.rate, command.seconds, () => request)
      return { requests: latenciesMs.length - failed.length, latenciesMs: [...latenciesMs], failures: failed }
    }
    case 'mix':
      return await mix(command)
  }
}

function carryOut(command: Command | OfferPlan | BurstPlan): Promise<Answer | Offered | Burst> {
  if (command.do === 'offer') return offer(command)
  return command.do === 'burst' ? burstOf(command) : obey(command)
}

process.on('message', (command: Command | OfferPlan | BurstPlan) => {
  carryOut(command).then(
    (result) => process.send!({ result }),
    (error: unknown) => process.send!({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.once('disconnect', () => process.exit())
// Of Ctrl-C its parent hears as well, which then ends it.
process.on('SIGINT', () => {})
