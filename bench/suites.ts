import { Arena } from './arena.ts'
import { cases, held, type Case } from './cases.ts'
import * as peers from './contestants.ts'
import type { Contestant } from './contestant.ts'
import { measureCost, type CostPlan } from './measure-cost.ts'
import { measureCounting } from './measure-counting.ts'
import { measureIdle } from './measure-idle.ts'
import { measureLatency } from './measure-latency.ts'
import { measureScrape } from './measure-scrape.ts'
import { runMixed } from './mixed-suite.ts'
import { runOverload } from './overload-suite.ts'
import type { Result } from './tables.ts'

/** Measurements that answer one question, on contestants that start once for all of them. */
export interface Suite {
  readonly name: string
  readonly question: string
  run(arena: Arena, short: boolean): AsyncGenerator<Result>
}

const against = (each: Case, contestants: readonly Contestant[]): Pick<CostPlan, 'title' | 'lines'> => ({
  title: each.name,
  lines: contestants.map((contestant) => ({ name: contestant.name, contestant, load: each })),
})

const baseNames = [peers.bareFastify.name, peers.nginx.name]

/** Whom the short form compares in all cases but the first. */
const few = [peers.bareFastify, peers.nginx, peers.evenloopHttp, peers.evenloopLink]

interface Asked {
  readonly each: Case
  readonly rounds: number
  readonly seconds: number
  /** How the short form asks it; it leaves out the others. */
  readonly short?: { readonly contestants: readonly Contestant[]; readonly rounds: number }
}

const asked: readonly Asked[] = [
  { each: cases.browser, rounds: 7, seconds: 1, short: { contestants: peers.contestants, rounds: 2 } },
  { each: cases.oneConnection, rounds: 7, seconds: 1, short: { contestants: few, rounds: 2 } },
  { each: cases.plain, rounds: 5, seconds: 1 },
  { each: cases.manyConnections, rounds: 5, seconds: 1 },
  { each: cases.shortLived, rounds: 5, seconds: 1 },
  { each: cases.post, rounds: 5, seconds: 1 },
  { each: cases.response64k, rounds: 5, seconds: 1 },
  { each: cases.response10m, rounds: 3, seconds: 2, short: { contestants: few, rounds: 1 } },
  { each: cases.upload10m, rounds: 3, seconds: 2 },
]

export const suites: readonly Suite[] = [
  {
    name: 'cost',
    question: 'What does a request cost on the way through each, with one loop behind it?',
    async *run(arena, short) {
      for (const { each, ...full } of asked) {
        const form = short ? full.short : { contestants: peers.contestants, rounds: full.rounds }
        if (form === undefined) continue
        const seconds = short ? 1 : full.seconds
        const plan = { ...against(each, form.contestants), bases: baseNames, rounds: form.rounds, seconds, warmup: seconds, placed: true }
        yield await measureCost(plan, arena)
      }
    },
  },
  {
    name: 'http-lane',
    question: 'What does the http lane cost beside the smallest script that http-proxy allows?',
    async *run(arena, short) {
      const contestants = [peers.minimalHttpProxy, peers.evenloopHttp]
      for (const each of short ? [cases.browser] : [cases.browser, cases.post]) {
        const rounds = short ? 2 : 7
        yield await measureCost(
          { ...against(each, contestants), bases: [peers.minimalHttpProxy.name], rounds, seconds: short ? 1 : 2, warmup: 1, placed: false },
          arena,
        )
      }
    },
  },
  {
    name: 'scale',
    question: 'Does a request cost more with many connections, or with many loops?',
    async *run(arena, short) {
      const rounds = short ? 1 : 5
      const lines = (short ? [64, 5000] : [64, 1000, 5000]).map((connections) => ({
        name: `${connections.toLocaleString('en')} connections`,
        contestant: peers.evenloopLink,
        load: held(connections),
      }))
      yield await measureCost(
        { title: 'evenloop link by connections', lines, bases: [lines[0]!.name], rounds, seconds: short ? 1 : 3, warmup: 1, placed: false },
        arena,
      )
      // Starting so many, and asking each of them often enough, takes longer than the short form may.
      if (short) return
      const [two, many] = [peers.evenloopLinkOf(2), peers.evenloopLinkOf(64)]
      // With as many connections as loops nearly every request wakes a process for itself alone, and there is nothing to gather.
      const byLoops = [
        { name: '2 loops, 64 connections', contestant: two, load: held(64) },
        { name: '64 loops, 2,048 connections', contestant: many, load: held(2048) },
        { name: '64 loops, 64 connections', contestant: many, load: held(64) },
      ]
      yield await measureCost(
        {
          title: 'evenloop link by loops',
          lines: byLoops,
          bases: [byLoops[0]!.name],
          rounds,
          seconds: 2,
          warmup: 15,
          placed: false,
        },
        arena,
      )
    },
  },
  {
    name: 'holds',
    question: 'What does it cost to measure which route holds its loop?',
    async *run(arena, short) {
      const plan = {
        title: 'evenloop link, with and without the measuring of holds',
        bases: [peers.evenloopUnmeasured.name],
        placed: false,
      }
      const form = { rounds: short ? 3 : 15, seconds: 1, warmup: short ? 1 : 3 }
      yield await measureCost({ ...against(cases.browser, [peers.evenloopUnmeasured, peers.evenloopLink]), ...plan, ...form }, arena)
    },
  },
  {
    name: 'accesslog',
    question: 'What does the access log cost: off, a sample of 1 %, all?',
    async *run(arena, short) {
      const contestants = (['off', 'sampled', 'all'] as const).map(peers.evenloopLogging)
      const [off] = contestants
      yield await measureCost(
        {
          ...against(cases.browser, contestants),
          title: 'evenloop link by access log',
          bases: [off!.name],
          rounds: short ? 2 : 15,
          seconds: 1,
          warmup: short ? 1 : 3,
          placed: false,
        },
        arena,
      )
    },
  },
  {
    name: 'metrics',
    question: 'What do the metrics cost: counting, and a scrape of many loops?',
    async *run(arena, short) {
      yield await measureCounting()
      const contestants = (short ? [2, 8] : [2, 64]).map(peers.evenloopLinkOf)
      yield await measureScrape({ contestants, scrapes: short ? 20 : 100, warmupSeconds: short ? 1 : 10 }, arena)
    },
  },
  {
    name: 'latency',
    question: 'How long does a request take at a rate that all can bear?',
    async *run(arena, short) {
      const contestants = short ? few : peers.contestants
      yield await measureLatency({ contestants, rate: 1000, rounds: short ? 1 : 3, seconds: short ? 1 : 3 }, arena)
    },
  },
  {
    name: 'mixed',
    question: 'How long do requests take while a few others hold the loops, and what does it cost while none does?',
    run: runMixed,
  },
  {
    name: 'overload',
    question: 'What is left of the capacity at three times of it, and how soon is all well again?',
    run: runOverload,
  },
  {
    name: 'idle',
    question: 'What memory does an idle connection cost?',
    async *run(arena, short) {
      const contestants = short
        ? [peers.evenloopLink]
        : [peers.bareFastify, peers.nginx, peers.haproxy, peers.evenloopHttp, peers.evenloopLink]
      yield await measureIdle({ contestants, before: 1000, added: 5000 }, arena)
    },
  },
]
