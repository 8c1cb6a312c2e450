import { setTimeout as after } from 'node:timers/promises'

import type { Arena } from './arena.ts'
import { cases } from './cases.ts'
import { roles, type Contestant, type Role } from './contestant.ts'
import { measureEach } from './measure-each.ts'
import type { Outcome } from './outcome.ts'
import { progress } from './progress.ts'
import type { Serving } from './serving.ts'
import { wrk } from './wrk.ts'

export interface ScrapePlan {
  readonly contestants: readonly Contestant[]
  readonly scrapes: number
  readonly warmupSeconds: number
}

export interface ScrapeRow {
  readonly line: string
  /** From the question to the last byte. */
  readonly medianMs: number
  readonly longestMs: number
  /** CPU time of one scrape, above what the processes use without. */
  readonly cpuMs: Readonly<Partial<Record<Role, number>>>
  readonly bytes: number
}

export interface ScrapeResult extends Outcome {
  readonly kind: 'scrape'
  readonly title: string
  readonly rows: readonly ScrapeRow[]
}

/** What one look at the metrics of a whole cluster takes, as Prometheus asks for it. */
export async function measureScrape(plan: ScrapePlan, arena: Arena): Promise<ScrapeResult> {
  const title = 'one scrape of a cluster'
  progress(title)
  return { kind: 'scrape', title, ...(await measureEach(plan.contestants, arena, (serving) => scrapes(serving, plan))) }
}

async function scrapes(serving: Serving, plan: ScrapePlan): Promise<Omit<ScrapeRow, 'line'>> {
  if (serving.admin === undefined) throw new Error('it shows no admin address')
  const url = `${serving.admin}/metrics`
  // So that every loop has answered, and every series is there.
  await wrk(serving.url, cases.browser, plan.warmupSeconds)
  const idle = await used(serving, () => after(3_000))
  const times: number[] = []
  let bytes = 0
  const busy = await used(serving, async () => {
    for (let i = 0; i < plan.scrapes; i++) {
      const began = performance.now()
      bytes = await scrape(url)
      times.push(performance.now() - began)
    }
  })
  const cpuMs = Object.fromEntries(
    roles.map((role) => [role, Math.max(0, (busy.cpuMs(role) - (idle.cpuMs(role) / idle.ms) * busy.ms) / plan.scrapes)]),
  )
  const ordered = times.toSorted((a, b) => a - b)
  return { medianMs: ordered[ordered.length >> 1]!, longestMs: ordered.at(-1)!, cpuMs, bytes }
}

async function scrape(url: string): Promise<number> {
  const answer = await fetch(url, { headers: { accept: 'application/openmetrics-text;version=1.0.0' } })
  const text = await answer.text()
  if (!answer.ok || !text.endsWith('# EOF\n')) throw new Error(`${url} answers ${answer.status}: ${text.slice(0, 200)}`)
  return text.length
}

async function used(serving: Serving, act: () => Promise<unknown>): Promise<{ ms: number; cpuMs: (role: Role) => number }> {
  const [before, began] = [serving.cpuMs(), performance.now()]
  await act()
  const ms = performance.now() - began
  const end = serving.cpuMs()
  return { ms, cpuMs: (role) => (end.get(role) ?? 0) - (before.get(role) ?? 0) }
}
