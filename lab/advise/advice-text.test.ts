import { describe, expect, it } from 'vitest'

import { adviceOf, demandOf, findingsOf } from '../../test/support/advice.ts'

import type { Step } from '../compare/comparison.ts'

import { adviceText } from './advice-text.ts'
import { advisePage } from './advise-page.ts'

const routes = [demandOf({ share: 0.9, waitMs: 20 }), demandOf({ name: 'GET /<b>&', share: 0.1, heldMs: 40 })]
const measured = [1, 2, 4, 8].map((workers) => ({ workers, perSecond: 40 * workers }))
const advice = adviceOf(findingsOf(routes, { syncWorkers: measured, loops: [{ workers: 1, perSecond: 600 }] }), 120)
const step = { throughput: 119.6, p50Ms: 21, p99Ms: 44, saturated: false, routes: [{ p99Ms: 25 }, { p99Ms: 47 }] } as unknown as Step
const run = { ...advice, measured: step, tried: [{ option: advice.recommendation, measured: step }] }

describe('advice on a terminal', () => {
  it('begins with figures, says why, and ends with the command', () => {
    const text = adviceText(advice)
    expect(text).toMatch(/GET \/<b>& {2,}10 % {2,}0.05 {2,}40.00/)
    expect(text).toContain(`- Run ${advice.recommendation.title}: at 120 requests a second`)
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^ {2}evenloop start app\.js --model .*--limits-queue \d+ --timeouts-queue \d+ms$/)
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('shows what was predicted beside what was measured, for each route', () => {
    expect(adviceText(run)).toMatch(/answers per second {2,}\d+ {2,}120\n.*\np99 {2,}\S+ ms {2,}44 ms\np99 of \/ .*25 ms\n.*47 ms/)
  })
})

describe('advice as a page', () => {
  it('has the curve, the dots, the reasons, and nothing that is not escaped', () => {
    const page = advisePage(run).split('<script>')[0]!
    expect(page).toContain('the law of scalability')
    expect(page).toContain(advice.recommendation.title)
    expect(page).not.toMatch(/<b>&(?!#)|NaN|undefined/)
    for (const sentence of advice.sentences.slice(1))
      expect(page).toContain(sentence.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`))
  })
})
