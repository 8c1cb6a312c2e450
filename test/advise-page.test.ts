import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'

import type { Advice } from '../lab/advise/advice.ts'
import { advisePage } from '../lab/advise/advise-page.ts'
import { adviceOf, demandOf, findingsOf } from './support/advice.ts'
import { openPage } from './support/browser.ts'

const evil = '</script><img src=x onerror=alert(1)>"\'&'
const routes = [demandOf({ share: 0.9, waitMs: 20 }), demandOf({ name: `GET /${evil.replaceAll(' ', '')}`, share: 0.1, heldMs: 40 })]
const syncWorkers = [1, 2, 4, 8, 16].map((workers) => ({ workers, perSecond: 45 * workers ** 0.9 }))
const whole = adviceOf(findingsOf(routes, { syncWorkers, loops: [{ workers: 1, perSecond: 240 }] }), 120)

const advices: readonly (readonly [string, Advice])[] = [
  ['measured', whole],
  ['observed, on one route', adviceOf(findingsOf([demandOf({ waitMs: 5 })]), 50)],
  ['named with evil', { ...whole, app: evil, command: evil, failures: [evil], sentences: [evil, evil] }],
]

/** As its reader opens it: a file. That nothing is fetched, breaks the page's policy or fails is held by every test. */
async function open(advice: Advice, options: Parameters<typeof openPage>[1]): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-advice-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'advice.html')
  writeFileSync(file, advisePage(advice))
  const page = await openPage(pathToFileURL(file).href, options)
  await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`)
  return page
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.each(advices)(`the page of advice that was %s can be read by everybody, ${colorScheme}`, async (_, advice) => {
    const page = await open(advice, { colorScheme })
    await page.evaluate(axe.source)
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] }
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  })
}

test('the page fits on a phone', async () => {
  const page = await open(whole, { viewport: { width: 360, height: 800 } })
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
})
