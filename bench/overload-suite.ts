import type { Arena } from './arena.ts'
import type { Contestant } from './contestant.ts'
import { measureOverload, type OverloadPlan } from './measure-overload.ts'
import { evenloopPart } from './parts.ts'
import type { Result } from './tables.ts'

// Whether its route is taken for a blocking one must play no part.
const form = { app: 'overload-app.mjs', lane: 'link', loops: 2 } as const
const flags = ['--isolation-mode', 'off']

const limited: Contestant = {
  name: 'evenloop, 2 loops',
  ours: true,
  parts: () => [evenloopPart({ ...form, flags })],
}

/** What users of most servers have: a queue in each loop, which nobody looks after. */
const unlimited: Contestant = {
  name: 'evenloop, 2 loops, without limits',
  parts: () => [evenloopPart({ ...form, flags: [...flags, '--concurrency', 'unlimited'] })],
}

/** Overload in all its forms, and what it would be without limits; the short form has the first, and shorter. */
export async function* runOverload(arena: Arena, short: boolean): AsyncGenerator<Result> {
  // As timeouts.queue.
  const plan: Pick<OverloadPlan, 'seconds' | 'deadlineMs'> = { seconds: short ? 10 : 30, deadlineMs: 10_000 }
  yield await measureOverload({ ...plan, contestant: limited, crowds: short ? ['none'] : ['none', 'slow', 'greedy'] }, arena)
  await arena.stop()
  if (!short) yield await measureOverload({ ...plan, contestant: unlimited, crowds: ['none'] }, arena)
}
