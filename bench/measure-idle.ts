import { setTimeout as after } from 'node:timers/promises'

import type { Arena } from './arena.ts'
import { cases } from './cases.ts'
import { startClient, type Client } from '../load/client/client.ts'
import { roles, type Contestant, type Role } from './contestant.ts'
import { openFilesLimit } from './machine.ts'
import { measureEach } from './measure-each.ts'
import type { Outcome } from './outcome.ts'
import { progress } from './progress.ts'
import type { Serving } from './serving.ts'
import { wrk } from './wrk.ts'

export interface IdlePlan {
  readonly contestants: readonly Contestant[]
  /** Idle connections when the first look is taken, which pays for what does not grow with them. */
  readonly before: number
  /** How many more there are at the second look. */
  readonly added: number
}

export interface IdleRow {
  readonly line: string
  /** Growth of resident memory for each connection. */
  readonly bytes: Readonly<Partial<Record<Role, number>>>
}

export interface IdleResult extends Outcome {
  readonly kind: 'idle'
  readonly title: string
  readonly rows: readonly IdleRow[]
}

/** Memory that an idle keep-alive connection, which has made one request, costs in the processes before and of the app. */
export async function measureIdle(plan: IdlePlan, arena: Arena): Promise<IdleResult> {
  const title = `memory of an idle keep-alive connection, from ${plan.before} to ${plan.before + plan.added} of them`
  progress(title)
  const measured = await measureEach(plan.contestants, arena, async (serving) => ({ bytes: await growth(serving, plan) }))
  return { kind: 'idle', title, ...measured }
}

async function growth(serving: Serving, { before, added }: IdlePlan): Promise<Partial<Record<Role, number>>> {
  const limit = openFilesLimit()
  if (limit < before + added + 200) throw new Error(`only ${limit} files may be open here; remedy: ulimit -n ${before + added + 1000}`)
  // What a process allocates once, for its first requests, is not the connections'.
  await wrk(serving.url, cases.browser, 2)
  const client = startClient(`${serving.url}${cases.browser.path}`)
  try {
    const first = await settled(serving, client, before)
    const second = await settled(serving, client, before + added)
    return Object.fromEntries([...second].map(([role, bytes]) => [role, (bytes - (first.get(role) ?? 0)) / added]))
  } finally {
    await client.close()
  }
}

/** Memory by role once it has stayed the same for a second, with all connections still open. */
async function settled(serving: Serving, client: Client, connections: number): Promise<Map<Role, number>> {
  await client.obey({ do: 'open', connections })
  let memory = serving.rssBytes()
  for (let steady = 0, looks = 0; steady < 4 && looks < 40; looks += 1) {
    await after(250)
    const now = serving.rssBytes()
    const moved = roles.some((role) => Math.abs((now.get(role) ?? 0) - (memory.get(role) ?? 0)) > 256 * 1024)
    steady = moved ? 0 : steady + 1
    memory = now
  }
  const open = (await client.obey({ do: 'open', connections })).connections
  if (open !== connections) throw new Error(`${connections - open} of ${connections} idle connections were closed`)
  return memory
}
