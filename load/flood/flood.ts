import { fork } from 'node:child_process'

import { besideThis } from '../beside.ts'

interface Manner {
  readonly path: string
  readonly seconds: number
  /** When it begins, from the command on. */
  readonly afterSeconds?: number
  /** Answers are read in small pieces, with a pause behind each. */
  readonly slowReads?: boolean
  /** A body is sent, and takes so long. */
  readonly slowBodyMs?: number
}

/**
 * What clients send: at a rate, whatever becomes of the requests before; or on so many connections, each of which waits for its
 * answer. One that is refused comes again a little later, a greedy one at once.
 */
export type FloodPlan = Manner & ({ readonly rate: number } | { readonly connections: number; readonly greedy?: boolean })

/** What became of the requests of one plan. */
export interface Flood {
  readonly sent: number
  /** Requests that have come to an end, counted each time one does. */
  readonly settled: number
  /** Complete answers by status code. */
  readonly statuses: Readonly<Record<string, number>>
  /** The 200s that were there before the plan's end. */
  readonly onTime: number
  /** What else came of requests. */
  readonly failures: readonly string[]
  /** Of the 200s, from when each was sent until all of it was there. */
  readonly latenciesMs: readonly number[]
}

/** A process of clients. */
export interface FloodClient {
  /** Carries out these plans side by side; resolves when every request has an outcome. */
  flood(...plans: readonly FloodPlan[]): Promise<Flood[]>
  close(): void
}

/** Starts a process of clients for what serves at this port of 127.0.0.1. */
export function startFlood(port: number): FloodClient {
  const { path, execArgv } = besideThis(import.meta.url, 'main')
  const child = fork(path, [String(port)], { execArgv })
  return {
    flood: (...plans) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(new Error('the client process ended'))
        child.once('exit', ended)
        child.once('message', (floods) => {
          child.off('exit', ended)
          resolve(floods as Flood[])
        })
        child.send(plans)
      }),
    close: () => void child.kill('SIGKILL'),
  }
}

export const good = ({ statuses }: Flood): number => statuses['200'] ?? 0
