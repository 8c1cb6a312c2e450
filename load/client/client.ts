import { fork } from 'node:child_process'

import { besideThis } from '../beside.ts'
import type { Answer, Burst, BurstPlan, Command, Offered, OfferPlan } from './commands.ts'

const limitMs = 60_000

/** A client process that has been started. */
export interface Client {
  readonly pid: number
  /** @throws Error when a request failed: what is wrong fast is no result */
  obey(command: Command): Promise<Answer>
  /** Offers requests at a constant rate; what fails is counted. */
  offer(plan: Omit<OfferPlan, 'do'>): Promise<Offered>
  /** Asks as fast as it is answered; what fails is counted. */
  burst(plan: Omit<BurstPlan, 'do'>): Promise<Burst>
  close(): Promise<void>
}

/** Starts a client process for what serves at this URL; commands that name no route ask for the URL itself. */
export function startClient(url: string): Client {
  const { path, execArgv } = besideThis(import.meta.url, 'main')
  // Latencies come as arrays of numbers, which JSON would spell out.
  const child = fork(path, [url], { execArgv, serialization: 'advanced' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const tell = <Result>(command: Command | OfferPlan | BurstPlan, withinMs: number): Promise<Result> =>
    new Promise((resolve, reject) => {
      // A request that is never answered would else be waited for as long.
      const limit = setTimeout(() => reject(new Error(`not answered within ${withinMs / 1000} seconds`)), withinMs)
      const ended = (): void => {
        clearTimeout(limit)
        reject(new Error('the client process ended'))
      }
      if (child.exitCode !== null || child.signalCode !== null) return ended()
      child.once('exit', ended)
      child.once('message', (said: { readonly result: Result } | { readonly error: string }) => {
        clearTimeout(limit)
        child.off('exit', ended)
        if ('error' in said) reject(new Error(said.error))
        else resolve(said.result)
      })
      child.send(command)
    })
  return {
    pid: child.pid!,
    obey: async (command) => {
      const answer = await tell<Answer>(command, limitMs)
      const { failures } = answer
      if (failures.length > 0) throw new Error(`${failures.length} requests failed, the first: ${failures[0]}`)
      return answer
    },
    offer: (plan) => tell({ do: 'offer', ...plan }, limitMs + (plan.seconds + plan.graceSeconds) * 1000),
    burst: (plan) => tell({ do: 'burst', ...plan }, limitMs + plan.seconds * 1000),
    close: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
