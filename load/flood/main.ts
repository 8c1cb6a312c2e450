import http from 'node:http'
import { setTimeout as after } from 'node:timers/promises'

import { systemClock } from '../../core/sources.ts'

import type { FloodPlan } from './flood.ts'

// A process of its own, so that it takes no turns of those it measures: node main.js PORT, and plans by IPC.
const port = Number(process.argv[2])
const body = Buffer.alloc(2_000, 'x')
const pieces = 10

class Ledger {
  readonly #plan: FloodPlan
  readonly #end: number
  sent = 0
  settled = 0
  onTime = 0
  readonly statuses: Record<string, number> = {}
  readonly failures: string[] = []
  readonly latenciesMs: number[] = []

  /** @param end of the plan, on the system's clock */
  constructor(plan: FloodPlan, end: number) {
    this.#plan = plan
    this.#end = end
  }

  /** Sends a request, and resolves with the status of its answer once all of that is there; undefined where it failed. */
  ask(agent: http.Agent): Promise<number | undefined> {
    const { path, slowReads = false, slowBodyMs = 0 } = this.#plan
    const sends = slowBodyMs > 0
    const headers = sends ? { 'content-type': 'text/plain', 'content-length': body.length } : {}
    const started = systemClock.now()
    this.sent += 1
    return new Promise((resolve) => {
      const settle = (status: number | undefined): void => {
        this.settled += 1
        resolve(status)
      }
      const fail = (error: NodeJS.ErrnoException): void => {
        this.failures.push(error.code ?? error.message)
        settle(undefined)
      }
      const request = http.request({ agent, port, host: '127.0.0.1', path, method: sends ? 'POST' : 'GET', headers })
      request.on('error', fail)
      request.on('response', (response) => {
        readAll(response, slowReads).then(() => {
          this.#note(response, systemClock.now() - started)
          settle(response.statusCode)
        }, fail)
      })
      if (sends) void trickle(request, slowBodyMs)
      else request.end()
    })
  }

  #note({ statusCode, headers }: http.IncomingMessage, latencyMs: number): void {
    if (statusCode === 200) {
      this.latenciesMs.push(latencyMs)
      if (systemClock.now() <= this.#end) this.onTime += 1
    }
    if (statusCode === 503 && !(Number(headers['retry-after']) >= 1)) this.failures.push('a 503 without Retry-After')
    this.statuses[String(statusCode)] = (this.statuses[String(statusCode)] ?? 0) + 1
  }
}

async function readAll(response: http.IncomingMessage, slowly: boolean): Promise<void> {
  for await (const _piece of response) if (slowly) await after(20)
}

async function trickle(request: http.ClientRequest, ms: number): Promise<void> {
  for (let piece = 0; piece < pieces && !request.destroyed; piece += 1) {
    request.write(body.subarray((piece * body.length) / pieces, ((piece + 1) * body.length) / pieces))
    await after(ms / pieces)
  }
  request.end()
}

async function carryOut(plan: FloodPlan): Promise<Ledger> {
  await after((plan.afterSeconds ?? 0) * 1000)
  const started = systemClock.now()
  const end = started + plan.seconds * 1000
  const ledger = new Ledger(plan, end)
  const agent = new http.Agent({ keepAlive: true })
  const asked: Promise<unknown>[] = []
  if ('rate' in plan) {
    for (let due = started; due < end; due += 1000 / plan.rate) {
      while (systemClock.now() < due) await after(1)
      asked.push(ledger.ask(agent))
    }
  } else {
    const client = async (): Promise<void> => {
      while (systemClock.now() < end) if ((await ledger.ask(agent)) !== 200 && plan.greedy !== true) await after(200)
    }
    asked.push(...Array.from({ length: plan.connections }, client))
  }
  await Promise.all(asked)
  agent.destroy()
  return ledger
}

process.on('message', (plans: readonly FloodPlan[]) => {
  void Promise.all(plans.map(carryOut)).then((ledgers) => process.send!(ledgers.map((ledger) => ({ ...ledger }))))
})
process.once('disconnect', () => process.exit())
