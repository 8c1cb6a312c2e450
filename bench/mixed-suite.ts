import type { Arena } from './arena.ts'
import { cases } from './cases.ts'
import { evenloopBrainOffOf, evenloopLinkOf } from './contestants.ts'
import { measureCost } from './measure-cost.ts'
import { measureMixed, type MixedPlan } from './measure-mixed.ts'
import { mixedContestants, type MixedForm } from './mixed-contestants.ts'
import type { Result } from './tables.ts'

interface Setting extends MixedForm {
  /** Requests per second, of both kinds. */
  readonly rate: number
  /** Of those that block. */
  readonly share: number
}

// Blocking requests take 15 % and 20 % of the loops' time (0.6 of 4, 1.6 of 8), so that no peer is slow because it is
// overloaded; light ones use next to none. The rates are such that at most times every loop that is not held has a request:
// at 600 a second, 8 loops are so idle that counting requests is enough to keep most light ones away from those that are held.
const settings: readonly [Setting, Setting] = [
  { loops: 4, blockMs: 50, share: 0.03, rate: 400 },
  { loops: 8, blockMs: 100, share: 0.02, rate: 800 },
]

const full = { rounds: 5, learnSeconds: 2, seconds: 4 }
const brief = { ...full, rounds: 1 }

/** The mixed load in all its settings; the short form has the first one, with the best of the peers alone. */
export async function* runMixed(arena: Arena, short: boolean): AsyncGenerator<Result> {
  const [four, eight] = settings
  for (const plan of short ? [mixedPlan(four, 'short')] : [mixedPlan(four, 'all'), mixedPlan(eight, 'main'), nothingBlocks(four)]) {
    yield await measureMixed(plan, arena)
    // Dozens of processes that are asked nothing more.
    await arena.stop()
  }
  if (short) return
  const lines = [evenloopBrainOffOf(2), evenloopLinkOf(2)].map((contestant) => ({ name: contestant.name, contestant, load: cases.browser }))
  yield await measureCost(
    { title: `${cases.browser.name}, nothing blocks`, lines, bases: [lines[0]!.name], rounds: 15, seconds: 1, warmup: 3, placed: false },
    arena,
  )
}

/** `main`: without those that only show what parts of evenloop do; `short`: one peer, the best of them in most runs, and one round. */
function mixedPlan(setting: Setting, whom: 'all' | 'main' | 'short'): MixedPlan {
  const { loops, blockMs, share, rate } = setting
  const all = mixedContestants(setting)
  const peers = whom === 'short' ? [all.nginx] : [all.nodeCluster, all.nginx, all.haproxy, all.haproxyRandom]
  const compared = { line: all.link.name, beside: peers.map(({ name }) => name) }
  return {
    ...(whom === 'short' ? brief : full),
    title: `${loops} loops, ${rate} requests a second, ${share * 100} % of which hold their loop for ${blockMs} ms`,
    contestants: [...peers, ...(whom === 'all' ? [all.http, all.isolationOff] : []), all.link],
    rate,
    share,
    asked: [
      { ...compared, figure: 'light', atMost: 0.2 },
      { ...compared, figure: 'blocking', atMost: 1.5 },
    ],
  }
}

function nothingBlocks(setting: Setting): MixedPlan {
  const { loops, rate } = setting
  const { brainOff, link } = mixedContestants(setting)
  const compared = { line: link.name, beside: [brainOff.name] }
  return {
    ...full,
    title: `${loops} loops, ${rate} requests a second, none of which blocks`,
    contestants: [brainOff, link],
    rate,
    share: 0,
    asked: [
      { ...compared, figure: 'light' },
      { ...compared, figure: 'cpuUs' },
    ],
  }
}
