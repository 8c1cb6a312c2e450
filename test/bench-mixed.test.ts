import { expect, onTestFinished, test } from 'vitest'

import { blocking, light } from '../bench/cases.ts'
import { checkAnswer } from '../bench/check-answer.ts'
import { startClient } from '../load/client/client.ts'
import { mixedContestants } from '../bench/mixed-contestants.ts'
import { serve } from '../bench/serving.ts'
import { canRun } from './support/installed.ts'
import { temporaryFolder } from './support/ledger.ts'

const here = Object.values(mixedContestants({ loops: 2, blockMs: 20 })).filter(({ needs = [] }) =>
  needs.every((need) => canRun(need, '-v')),
)

test.each(here)(
  '$name serves the mixed app, and of each request it is noted when it was due and of which kind it is',
  async (contestant) => {
    const serving = await serve(contestant, temporaryFolder())
    onTestFinished(() => serving.stop())
    for (const each of [light, blocking]) await checkAnswer(serving.url, each)
    const client = startClient(`${serving.url}${light.path}`)
    onTestFinished(() => client.close())
    await client.obey({ do: 'open', connections: 8 })
    const order = { do: 'mix', rate: 100, seconds: 1, other: { path: blocking.path, share: 0.2 }, seed: 1 } as const
    const { arrivals, requests } = await client.obey(order)
    expect(requests).toBe(100)
    expect(arrivals.map(({ dueMs }) => Math.round(dueMs)).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i * 10))
    const others = arrivals.filter(({ other }) => other)
    expect(others.length).toBeGreaterThan(5)
    expect(others.length).toBeLessThan(50)
    // No answer of this kind can be there sooner.
    expect(Math.min(...others.map(({ latencyMs }) => latencyMs))).toBeGreaterThanOrEqual(19)
  },
)
