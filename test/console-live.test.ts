import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'

import { openPage } from './support/browser.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { until } from './support/wait.ts'

const app = 'examples/demo/app.js'

interface Opened {
  readonly cluster: Cluster
  readonly page: Page
}

/** A real cluster and its console. */
async function open(loops: number, ...args: string[]): Promise<Opened> {
  const cluster = await startCluster({ app, args: ['--loops', String(loops), ...args] })
  const page = await openPage(cluster.adminUrl)
  await page
    .locator('.loop')
    .nth(loops - 1)
    .waitFor()
  return { cluster, page }
}

/** Clients that ask for as long as the test runs. */
function load(url: string, path: string): void {
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const client = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await fetch(`${url}${path}`).then(
        (answer) => answer.arrayBuffer(),
        () => {},
      )
      await delay(5)
    }
  }
  for (let count = 0; count < 8; count++) void client()
}

const number = async (page: Page, selector: string): Promise<number> =>
  Number((await page.locator(selector).textContent())!.replaceAll(',', '').replace(/ .*/, ''))

test('the page shows every loop, and figures that live with the load', async () => {
  const { cluster, page } = await open(2)
  expect(await page.locator('#listen').textContent()).toBe(cluster.url)
  expect(await page.locator('#loops .condition').allTextContents()).toEqual(['● ready', '● ready'])
  load(cluster.url, '/io?ms=20')
  await until('requests per second', async () => (await number(page, '#tile-rate .figure')) > 5)
  await until('open requests', async () => (await number(page, '#tile-flight .figure')) > 0)
  await until('tasks in the drawing', async () => (await page.locator('.loop .task').first().getAttribute('d')) !== '')
  await page.locator('#routes tr', { hasText: '/io' }).waitFor()
  await page.locator('#chart-requests canvas').waitFor()
  // More often than the once a second that others get who do not ask.
  const asked = page.waitForRequest((request) => request.url().includes('/api/events'))
  await page.reload()
  expect(new URL((await asked).url()).searchParams.get('every')).toBe('500')
})

test('a loop that is killed is dead on the page, in its events, and ready again', async () => {
  const { cluster, page } = await open(2)
  const { pid } = (await cluster.status()).loops[1]!
  process.kill(pid, 'SIGKILL')
  await page.locator('#events li', { hasText: 'crash' }).waitFor()
  expect(await page.locator('#events li', { hasText: 'crash' }).locator('.sign').getAttribute('aria-label')).toMatch(/Warning|Error/)
  const row = page.locator('#loop-1')
  await until('another process', async () => {
    const text = await row.textContent()
    return text!.includes('● ready') && !text!.includes(String(pid))
  })
  expect(await row.locator('[data-title="Restarts"]').textContent()).toBe('1')
})

test('while a handler hangs the page names its route and the loop that it blocks, and then sets it free', async () => {
  const { cluster, page } = await open(2)
  let held = true
  const answer = fetch(`${cluster.url}/block?ms=4000`).finally(() => (held = false))
  const box = page.locator('.loop[data-condition="blocked"]')
  await until('the route', async () => (await box.count()) === 1 && (await box.textContent())!.includes('GET /block'))
  expect(held).toBe(true)
  expect(await page.locator('#verdict').textContent()).toMatch(/^■ Loop [01] is held by GET \/block$/)
  const loop = /Loop (\d)/.exec((await page.locator('#verdict').textContent())!)![1]!
  expect(await page.locator('#routes tr[data-holds="now"]').textContent()).toContain(`■ loop ${loop}`)
  expect(await page.locator(`#loop-${loop} .condition`).textContent()).toBe('■ blocked')
  expect(((await (await answer).json()) as { loop: string }).loop).toBe(loop)
  await until('freedom', async () => (await box.count()) === 0)
  await page.locator('#events li', { hasText: 'GET /block' }).first().waitFor()
})

test('workers with one place each are seen to be taken, what waits before them too, and their tasks as long as they are', async () => {
  const { cluster, page } = await open(2, '--concurrency', '1')
  load(cluster.url, '/io?ms=100')
  const rows = page.locator('#workers li')
  const text = async (index: number): Promise<string> => (await rows.nth(index).textContent())!
  await until('waiting', async () => / waits? for a place$/.test(await text(0)))
  const taken = (text: string): number => Number(/taken (\d+) %$/.exec(text)?.[1] ?? 0)
  for (const worker of [1, 2]) await until(`worker ${worker} at work`, async () => taken(await text(worker)) >= 60)
  const taskMs = async (): Promise<number> => Number(/each about ([\d.]+) ms/.exec(await text(1))?.[1] ?? 0)
  await until('the length of a task', async () => (await taskMs()) >= 97)
  expect(await page.locator('.loop .slot').count()).toBe(2)
})

test('reload, scale and replace ask first and then happen', async () => {
  const { cluster, page } = await open(2)
  await page.locator('#reload').click()
  expect(await page.locator('#ask-title').textContent()).toBe('Reload every loop?')
  expect((await cluster.status()).reload.generation).toBe(1)
  await page.locator('#ask-act').click()
  await page.locator('.toast', { hasText: 'generation 2 runs' }).waitFor()
  await until('the generation', async () => (await page.locator('#generation').textContent()) === '2')
  await page.locator('#events li', { hasText: 'reload' }).first().waitFor()

  await page.locator('#scale').click()
  await page.locator('#ask-number').fill('3')
  await page.locator('#ask-act').click()
  await page.locator('#loop-2 .condition', { hasText: 'ready' }).waitFor()

  const before = (await cluster.status()).loops[0]!.pid
  await page.getByRole('button', { name: 'Replace loop 0' }).click()
  await page.locator('#ask-act').click()
  await page.locator('.toast', { hasText: 'Loop 0 is a new process' }).waitFor()
  expect((await cluster.status()).loops[0]!.pid).not.toBe(before)
})

test('a CPU profile and a heap snapshot of a loop are files that tools can read', async () => {
  const { page } = await open(1)
  const save = async (name: string): Promise<{ file: string; text: string }> => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    return { file: download.suggestedFilename(), text: readFileSync((await download.path())!, 'utf8') }
  }
  const profile = await save('CPU profile of loop 0')
  expect(profile.file).toMatch(/loop0.*\.cpuprofile$/)
  expect(Object.keys(JSON.parse(profile.text) as object)).toEqual(expect.arrayContaining(['nodes', 'samples']))
  const heap = await save('Heap snapshot of loop 0')
  expect(heap.file).toMatch(/loop0.*\.heapsnapshot$/)
  expect(JSON.parse(heap.text)).toHaveProperty('snapshot')
})

test('a supervisor that is stopped is told, and so is its return', async () => {
  const { cluster, page } = await open(1)
  const connection = page.locator('#connection')
  cluster.process.kill('SIGSTOP')
  await until('the silence', async () => (await connection.textContent())!.includes('no answer from the supervisor; trying again'))
  cluster.process.kill('SIGCONT')
  await until('the return', async () => (await connection.textContent()) === '● live')
})

test('the history is there when the page is opened again', async () => {
  const { cluster, page } = await open(1)
  await until('some seconds of history', async () => {
    const { at } = (await (await fetch(`${cluster.adminUrl}/api/history`)).json()) as { at: number[] }
    return at.length >= 4
  })
  await page.reload()
  await page.locator('#chart-memory .legend', { hasText: /loop 0 \d+ MiB/ }).waitFor()
})
