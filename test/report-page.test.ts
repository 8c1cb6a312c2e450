import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'

import type { Comparison } from '../lab/compare/comparison.ts'
import { comparePage } from '../lab/report/compare-page.ts'
import { openPage } from './support/browser.ts'
import { comparison } from './support/comparison.ts'

/** A report as its reader opens it: a file. That nothing is fetched, breaks the page's policy or fails is held by every test. */
async function open(report: Comparison, options: Parameters<typeof openPage>[1] = {}): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), 'evenloop-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'report.html')
  writeFileSync(file, comparePage(report))
  return openPage(pathToFileURL(file).href, options)
}

const openDetails = (page: Page): Promise<void> =>
  page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`)

const evil = '</script><img src=x onerror=alert(1)><script>alert(2)</script>"\'&'

const hostile: Comparison = {
  ...comparison(),
  version: evil,
  startedAt: evil,
  app: evil,
  machine: { cpus: 1, memoryBytes: NaN, node: evil, system: evil },
  budget: { by: 'memory', bytes: 512 * 2 ** 20 },
  workload: { name: evil, routes: ['/a', `/${'long'.repeat(60)}`, evil].map((path) => ({ method: evil, path, weight: 0 })) },
  models: comparison().models.map((model) => ({ ...model, title: evil.repeat(3), command: evil })),
  verdict: { best: 'hybrid', sentences: [evil], ranking: [['hybrid', 'async'], ['sync-both']] },
  notes: [evil],
}

const nothing = { ...comparison({ models: [], rates: [] }), verdict: { best: 'hybrid', sentences: [] } } as const

const [first] = comparison({ models: ['async'] }).models
const broken: Comparison = {
  ...comparison({ models: ['async'] }),
  models: [
    {
      ...first!,
      capacity: NaN,
      steps: [{ ...first!.steps[0]!, p50Ms: NaN, p99Ms: 0, p999Ms: Infinity, throughput: 0, cpus: 0, routes: [] }],
    },
  ],
}

const reports: readonly (readonly [string, Comparison])[] = [
  ['seven models', comparison()],
  ['two models', comparison({ models: ['async', 'hybrid'] })],
  ['one model', comparison({ models: ['hybrid'] })],
  ['one rate', comparison({ rates: [400] })],
  ['rates far apart', comparison({ rates: [5, 50, 500, 1_000] })],
  ['no model', nothing],
  ['figures that are none', broken],
  ['hostile names', hostile],
]

// Where every table is open, axe takes seconds: the two colour schemes of the largest page, and one of each that is strange.
test.each([
  ['seven models', 'light', comparison()],
  ['seven models', 'dark', comparison()],
  ['one model', 'dark', comparison({ models: ['hybrid'] })],
  ['no model', 'light', nothing],
  ['figures that are none', 'light', broken],
  ['hostile names', 'dark', hostile],
] as const)('axe finds nothing: %s, %s', async (_, colorScheme, report) => {
  const page = await open(report, { colorScheme })
  await openDetails(page)
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()')
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
})

test.each(reports)('at 360 pixels the page does not scroll sideways: %s', async (_, report) => {
  const page = await open(report, { viewport: { width: 360, height: 740 } })
  await openDetails(page)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
})

test.each([360, 1_280])('at %i pixels the letters in charts are legible, and no label is cut off or over another', async (width) => {
  const page = await open(comparison(), { viewport: { width, height: 900 } })
  const texts = await page.evaluate<
    { text: string; size: number; out: boolean }[]
  >(`[...document.querySelectorAll('.plot text')].map((text) => {
    const [box, plot] = [text.getBoundingClientRect(), text.closest('svg').getBoundingClientRect()]
    const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a
    return { text: text.textContent, size, out: box.left < plot.left - 1 || box.right > plot.right + 1 || box.top < plot.top - 1 || box.bottom > plot.bottom + 1 }
  })`)
  expect(texts.length).toBeGreaterThan(100)
  expect(texts.filter(({ size, out }) => size < 10 || out)).toEqual([])
  const over = await page.evaluate(`[...document.querySelectorAll('.plot')].flatMap((plot) => {
    const boxes = [...plot.querySelectorAll('.tick, .name')].map((text) => [text.textContent, text.getBoundingClientRect()])
    return boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom).map(([two]) => one + ' / ' + two))
  })`)
  expect(over).toEqual([])
})

test('the verdict comes first, in words, then what it rests on', async () => {
  const page = await open(comparison())
  expect(await page.locator('h1').textContent()).toBe('Which model fits the workload “mixed”?')
  expect(await page.locator('.verdict').textContent()).toContain('3.6 times as much as sync')
  expect((await page.locator('h2').allTextContents())[0]).toBe('In figures')
  const cells = await page.locator('#summary tbody tr').first().locator('th, td').allTextContents()
  expect(cells).toEqual(['sync, 8 processes', '8', '620', '69.8', '940', '431', '2.1', '0.44'])
  expect(await page.locator('#summary').textContent()).toContain('That rate is 400 requests per second, which all of them keep up with.')
  expect(await page.locator('figure.chart').count()).toBe(10)
})

test('what a reader should know before believing it stands beside the verdict, and models that are as good share a place', async () => {
  const made = comparison({ models: ['async', 'hybrid', 'hybrid-pool'] })
  const ranking = [['hybrid-pool', 'hybrid'], ['async']] as const
  const page = await open({ ...made, verdict: { ...made.verdict, ranking }, notes: ['It was cut short.'] })
  expect(await page.locator('.verdict ol li').allTextContents()).toEqual([
    'hybrid, 2 loops and 6 sync threads · hybrid, 2 loops (no telling apart)',
    'async, 1 loop',
  ])
  expect(await page.locator('header aside').textContent()).toContain('It was cut short.')
})

test('what a model did not reach is not drawn, and a step that it did not keep up with is hollow', async () => {
  const page = await open(comparison())
  const drawn = page.locator('.plot').first().locator('.series.at-0')
  expect([await drawn.locator('.marker').count(), await drawn.locator('.marker.hollow').count()]).toEqual([3, 1])
})

test('without scripts everything can be read, and models can be left out of the charts', async () => {
  const page = await open(comparison(), { javaScriptEnabled: false })
  expect(await page.locator('.plot:visible').count()).toBe(10)
  expect(await page.locator('.verdict').isVisible()).toBe(true)
  const table = page.locator('.chart table').first()
  await page.getByText('These figures as a table').first().click()
  expect(await table.isVisible()).toBe(true)
  const line = page.locator('.plot').first().locator('.series.at-0')
  await page.getByRole('checkbox', { name: 'sync, 8 processes' }).click()
  expect([await line.isVisible(), await page.locator('.legend .key-0:visible').count()]).toEqual([false, 0])
})

test('a chart tells its values to the pointer, and forgets them', async () => {
  const page = await open(comparison())
  const chart = page.locator('.chart').first()
  const plot = chart.locator('.plot')
  await plot.scrollIntoViewIfNeeded()
  const box = (await plot.boundingBox())!
  await page.mouse.move(box.x + box.width * 0.27, box.y + box.height / 2)
  expect(await chart.locator('.at').textContent()).toBe('Offered load: 400 requests/s')
  expect(await chart.locator('.legend .value').first().textContent()).toBe('400 requests/s')
  await page.mouse.move(box.x, box.y - 60)
  expect([await chart.locator('.at').textContent(), await plot.locator('.guide').isVisible()]).toEqual(['', false])
})

test('by keyboard a chart is reached, seen to be, and read aloud step by step', async () => {
  const page = await open(comparison({ models: ['async', 'hybrid'] }))
  const chart = page.locator('.chart').first()
  await page.locator('#show-1').focus()
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.getAttribute("class")')).toBe('plot')
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
  const said = (): Promise<string | null> => chart.locator('[aria-live]').textContent()
  expect(await said()).toBe(
    'Offered load: 200 requests/s. async, 1 loop 200 requests/s; hybrid, 2 loops 200 requests/s; all that was asked for 200 requests/s',
  )
  await page.keyboard.press('End')
  expect(await said()).toMatch(/^Offered load: 2,400 requests\/s\. hybrid, 2 loops 1,862 requests\/s/)
  await page.keyboard.press('ArrowLeft')
  expect(await chart.locator('.at').textContent()).toBe('Offered load: 1,800 requests/s')
  await page.keyboard.press('Escape')
  expect([await said(), await chart.locator('.at').textContent()]).toEqual(['', ''])
})

test('names from elsewhere stay text', async () => {
  const page = await open(hostile)
  expect(await page.locator('img').count()).toBe(0)
  expect(await page.locator('script').count()).toBe(1)
  expect(await page.locator('.answer strong').textContent()).toBe(evil.repeat(3))
})

test('on paper it is dark on white, without what only a screen is good for', async () => {
  const page = await open(comparison(), { colorScheme: 'dark' })
  await page.emulateMedia({ media: 'print' })
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
  expect([
    await page.locator('nav').isVisible(),
    await page.locator('.choice').isVisible(),
    await page.locator('.plot').first().isVisible(),
  ]).toEqual([false, false, true])
})
