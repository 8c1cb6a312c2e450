import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'

import type { ClusterEvent, ClusterStatus, LoopStatus } from '../core/status.ts'
import { openPage } from './support/browser.ts'
import { balancerStatus, clusterHistory, clusterStatus, loopStatus, routeStatus } from './support/console-data.ts'
import { fakeConsole, type FakeConsole } from './support/console-fake.ts'
import { until } from './support/wait.ts'

const now = (): number => performance.timeOrigin + performance.now()

interface Opened {
  readonly fake: FakeConsole
  readonly page: Page
}

/** The console of a cluster that is made up. */
async function open(status: ClusterStatus, options: Parameters<typeof openPage>[1] = {}): Promise<Opened> {
  const fake = await fakeConsole(status, clusterHistory(status.loops.length, now()))
  onTestFinished(() => fake.close())
  const page = await openPage(fake.url, options)
  await page.locator('.loop').first().waitFor()
  return { fake, page }
}

const held = (id: number): LoopStatus =>
  loopStatus(id, { blocked: true, inFlight: 40, holding: { routes: [{ method: 'GET', route: '/block' }], forMs: 2_312 } })

const everything = clusterStatus(
  [
    loopStatus(0),
    loopStatus(1, { state: 'dead', pid: 0, inFlight: 0 }),
    held(2),
    loopStatus(3, { state: 'starting' }),
    loopStatus(4, { state: 'draining' }),
    loopStatus(5, { isolated: true, utilization: 0.97 }),
    loopStatus(6, { pid: 4_100, thread: 0, concurrency: 8 }),
    loopStatus(7, { pid: 4_100, thread: 1, concurrency: 1 }),
    loopStatus(8, {
      id: 'b0',
      forBlocking: true,
      concurrency: 1,
      inFlight: 1,
      holding: { routes: [{ method: 'GET', route: '/report' }], forMs: 700 },
    }),
  ],
  { balancers: [balancerStatus(0, { queued: 30, shed: 5 }), balancerStatus(1, { state: 'draining' })] },
)

const event = (id: number, change: Partial<ClusterEvent> = {}): ClusterEvent => ({
  id,
  at: now(),
  kind: 'block',
  severity: (['info', 'warning', 'error'] as const)[id % 3]!,
  message: `event ${id}`,
  ...change,
})

test.each([
  ['light', 1_280],
  ['dark', 1_280],
  ['light', 360],
] as const)('axe finds nothing serious: %s, %i pixels wide', async (colorScheme, width) => {
  const { fake, page } = await open(everything, { colorScheme, viewport: { width, height: 800 } })
  for (let id = 1; id <= 3; id++) await fake.notice(event(id))
  await page.locator('#events li').nth(2).waitFor()
  await page.evaluate(axe.source)
  for (const dialog of [false, true]) {
    if (dialog) await page.locator('#scale').click()
    const { violations } = await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>('axe.run()')
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  }
})

test.each([1, 4, 16, 64])('at 360 pixels the page of %i loops does not scroll sideways', async (loops) => {
  const { page } = await open(clusterStatus(loops), { viewport: { width: 360, height: 740 } })
  await until('the charts', async () => (await page.locator('.u-wrap').count()) === 5)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  const outside = await page.evaluate(
    `[...document.querySelectorAll('.loop, .balancer, .card, button')].filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.left < 0 || r.right > 360) }).length`,
  )
  expect(outside).toBe(0)
})

test('64 loops are all drawn, listed and charted, the blocked one with its route', async () => {
  const { page } = await open(clusterStatus([...Array.from({ length: 63 }, (_, id) => loopStatus(id)), held(63)]))
  expect(await page.locator('.loop').count()).toBe(64)
  expect(await page.locator('#loops tbody tr').count()).toBe(64)
  expect(await page.locator('.loop[data-condition="blocked"]').textContent()).toContain('GET /block')
  await page.locator('#chart-utilization .legend', { hasText: 'highest, loop 63: 100 %' }).waitFor()
})

test('states are told by signs and words, the isolated loop stands apart', async () => {
  const { page } = await open(everything)
  const states = await page.locator('#loops .condition').allTextContents()
  expect(states).toEqual(['● ready', '✕ dead', '■ blocked', '◔ starting', '◑ draining', '● ready', '● ready', '● ready', '▣ busy'])
  expect(await page.locator('.apart .group-title').textContent()).toBe('◆ kept apart for routes that block')
  expect(await page.locator('.loop .name', { hasText: '◆' }).allTextContents()).toEqual(['loop 5 ◆', 'worker b0 ◆'])
  expect(await page.locator('#apart').textContent()).toBe('◆ Loop 5 is kept for routes that block: GET /block')
  expect(await page.locator('#diagram svg').getAttribute('aria-label')).toContain('. Loop 5 is kept for routes that block: GET /block. ')
  expect(await page.locator('#loop-5').textContent()).toContain('◆ blocking')
  expect(await page.locator('#routes tr', { hasText: '/block' }).locator('[data-title="Class"]').textContent()).toBe('blocking, on loop 5')
  expect(await page.locator('#verdict').textContent()).toBe('■ Loop 2 is held by GET /block')
  const row = page.locator('#routes tr[data-holds="now"]')
  expect(await row.textContent()).toContain('/block')
  expect(await row.locator('a').getAttribute('href')).toBe('#loop-2')
})

test('threads stand with their process, the pool by itself, and a worker shows whether its place is taken', async () => {
  const { page } = await open(everything)
  expect(await page.locator('#diagram .group-title').allTextContents()).toEqual([
    'process 4100 · 2 threads',
    '◆ kept apart for routes that block',
    '◆ pool for routes that block',
  ])
  expect(await page.locator('#workers h3').allTextContents()).toEqual(await page.locator('#diagram .group-title').allTextContents())
  const box = page.locator('.loop', { hasText: 'worker b0 ◆' })
  expect(await box.locator('.slot').textContent()).toBe('100 %')
  expect(await box.textContent()).toContain('GET /report 700 ms')
  expect(await page.locator('.loop', { hasText: 'worker 7' }).locator('.slot').textContent()).toMatch(/^(taken )?\d+ %$/)
  expect(await page.locator('.loop', { hasText: 'loop 6' }).locator('.place').getAttribute('d')).not.toBe('')
  expect(await page.locator('#loop-6 [data-title="Process"]').textContent()).toBe('4100 · t0')
  expect(await page.locator('#loop-6 [data-title="In flight"]').textContent()).toBe('6 of 8')
  expect(await page.locator('#verdict').textContent()).toBe('■ Loop 2 is held by GET /block')
})

test('how old workers are, and how short their tasks, is drawn and said; what waits stands before them', async () => {
  const at = (second: number): ClusterStatus =>
    clusterStatus(
      [
        loopStatus(0, {
          concurrency: 1,
          uptimeSeconds: 7_380 + second,
          tasks: { begun: 1_000 + 4 * second, openSeconds: 200 + second, atSeconds: 7_380 + second },
        }),
      ],
      { balancers: [balancerStatus(0, { queued: 12 })] },
    )
  const { fake, page } = await open(at(0))
  const row = (name: string) => page.locator('#workers li', { hasText: name })
  expect(await page.locator('#workers li .worker-name').allTextContents()).toEqual(['queue', 'worker 0'])
  expect(await row('worker 0').locator('.worker-text').textContent()).toBe('2 h 3 min old · 1,000 tasks · each about 200 ms · taken 3 %')
  expect(await row('queue').textContent()).toContain('12 wait for a place')
  await fake.tell(at(1))
  await until('the second', async () => (await row('worker 0').textContent())!.includes('1,004 tasks · each about 250 ms · taken 100 %'))
  await until('the strip', async () => (await row('worker 0').locator('.open').getAttribute('d')) !== '')
  const scale = page.locator('#scale-of-time svg')
  expect(await scale.getAttribute('aria-label')).toMatch(/^a task: 250 ms; a worker: 2 h 3 min, 29,52\d times as long$/)
  expect(await scale.locator('.mark.task').count()).toBe(1)
  await fake.tell(clusterStatus([loopStatus(0, { state: 'dead', pid: 0, concurrency: 1, uptimeSeconds: 0 })]))
  await until('its end', async () => (await row('worker 0').textContent())!.includes('not running'))
})

test('nothing is said of loops kept apart while none is, and their coming and going is an event', async () => {
  const { fake, page } = await open(clusterStatus(2))
  expect(await page.locator('#apart').isVisible()).toBe(false)
  expect(await page.locator('.apart .group-title').count()).toBe(0)
  await fake.tell(clusterStatus([loopStatus(0), loopStatus(1, { isolated: true })]))
  await fake.notice(event(3, { kind: 'isolate', loop: '1', message: 'loop 1 is kept for blocking routes (GET /block)' }))
  await page.locator('#apart', { hasText: '◆ Loop 1 is kept' }).waitFor()
  await page.locator('#events .kind', { hasText: 'isolate' }).waitFor()
  await fake.tell(clusterStatus(2))
  await page.locator('.apart .group-title').waitFor({ state: 'detached' })
  expect(await page.locator('#apart').isVisible()).toBe(false)
})

test('text from the cluster stays text', async () => {
  const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>'
  const status = clusterStatus([loopStatus(0, { holding: { routes: [{ method: 'GET', route: evil }], forMs: 300 } })], {
    listen: 'javascript:alert(3)',
    model: evil,
    routes: [routeStatus(evil, 3)],
    reload: { state: 'failed', generation: 1, message: evil },
  })
  const { fake, page } = await open(status)
  await fake.notice(event(1, { message: evil }))
  await page.locator('#events li').waitFor()
  expect(await page.locator('#events .message').textContent()).toBe(evil)
  expect(await page.locator('#model').textContent()).toBe(evil)
  expect(await page.locator('img[src="x"], script:not([src])').count()).toBe(0)
  expect(await page.locator('#listen').getAttribute('href')).toBeNull()
})

test('by keyboard alone a reload is reached, asked for and confirmed; Escape leaves it', async () => {
  const { fake, page } = await open(clusterStatus(2))
  const focused = (): Promise<string> => page.evaluate('document.activeElement.id')
  for (let press = 0; (await focused()) !== 'reload'; press++) {
    expect(press).toBeLessThan(10)
    await page.keyboard.press('Tab')
  }
  expect(await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`)).toBe('solid')
  await page.keyboard.press('Enter')
  await page.locator('#ask[open]').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#ask:not([open])').waitFor({ state: 'attached' })
  expect([fake.asked, await focused()]).toEqual([[], 'reload'])

  await page.keyboard.press('Enter')
  while ((await focused()) !== 'ask-act') await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('.toast', { hasText: 'generation 2' }).waitFor()
  expect(fake.asked).toEqual(['POST /api/reload?wait=1 {}'])
})

test('scale asks for a number, takes no other, and does nothing when it is left', async () => {
  const { fake, page } = await open(clusterStatus(2))
  await page.locator('#scale').click()
  expect(await page.locator('#ask-number').inputValue()).toBe('2')
  await page.locator('#ask-number').fill('0')
  await page.keyboard.press('Enter')
  expect(await page.locator('#ask[open]').count()).toBe(1)
  await page.locator('#ask-cancel').click()
  expect(fake.asked).toEqual([])
  await page.locator('#scale').click()
  await page.locator('#ask-number').fill('3')
  await page.keyboard.press('Enter')
  await page.locator('.toast', { hasText: '3 loops run' }).waitFor()
  expect(fake.asked).toEqual(['POST /api/scale?wait=1 {"loops":3}'])
})

test('what the supervisor refuses is said in its words, until it is dismissed', async () => {
  const { fake, page } = await open(clusterStatus(2))
  await page.getByRole('button', { name: 'Replace loop 1' }).click()
  await page.locator('#ask-act').click()
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.locator('span').textContent()).toBe('✖ Could not replace loop 1: loop 1 is being replaced <b>already</b>')
  expect(fake.asked).toEqual(['POST /api/loops/1/drain?wait=1 {}'])
  await alert.getByRole('button', { name: 'Dismiss' }).click()
  expect(await alert.count()).toBe(0)
})

test('a button keeps its focus while figures change beneath it', async () => {
  const { fake, page } = await open(clusterStatus(2))
  await page.getByRole('button', { name: 'CPU profile of loop 1 over 5 seconds' }).focus()
  await fake.tell(clusterStatus([loopStatus(0, { inFlight: 777 }), loopStatus(1), loopStatus(2)]))
  await page.locator('#loop-0', { hasText: '777' }).waitFor()
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('CPU profile of loop 1 over 5 seconds')
})

test('a supervisor that goes is told, and the page is live again when it is back', async () => {
  const { fake, page } = await open(clusterStatus(2))
  const connection = page.locator('#connection')
  await until('live', async () => (await connection.textContent()) === '● live')
  fake.vanish()
  await until('the loss', async () => (await connection.textContent()) === '▲ no answer from the supervisor; trying again')
  fake.back()
  await until('live again', async () => (await connection.textContent()) === '● live')
})

test('the theme is chosen, kept, and painted by the charts too', async () => {
  const { page } = await open(clusterStatus(2), { colorScheme: 'light' })
  const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await ground()
  await page.locator('#theme').click()
  await page.locator('#theme').click()
  expect(await page.locator('#theme').textContent()).toBe('Theme: dark')
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.reload()
  await page.locator('.loop').first().waitFor()
  expect(await ground()).toBe(dark)
})

test('new events are read out, old ones are not', async () => {
  const { fake, page } = await open(clusterStatus(2))
  const said = page.locator('#announcer')
  expect([await said.getAttribute('aria-live'), await said.textContent()]).toEqual(['polite', ''])
  await fake.notice(event(1, { severity: 'error', message: 'loop 1 died' }))
  await until('the word', async () => (await said.textContent()) === 'Error: loop 1 died')
})

test('after an hour of data it holds less than 100 MB and is still live', async () => {
  const loops = 64
  const status = (turn: number): ClusterStatus =>
    clusterStatus(
      // Some come and go, as they do over an hour of reloads and scaling.
      Array.from({ length: loops }, (_, id) =>
        loopStatus(id + (turn % 600 > 300 ? 8 : 0), { requests: turn * 50, inFlight: (turn + id) % 90 }),
      ),
      {
        model: `status ${Math.floor(turn / 100)}`,
        uptimeSeconds: turn / 2,
        routes: Array.from({ length: 150 }, (_, route) => routeStatus(`/route/${route}`, (route * turn) % 70)),
      },
    )
  const { fake, page } = await open(status(0))
  for (let turn = 1; turn <= 7_200; turn++) {
    await fake.tell(status(turn))
    if (turn % 14 === 0 && turn <= 7_000) await fake.notice(event(turn / 14, { message: `event ${turn / 14}: ${'x'.repeat(200)}` }))
    // Never far ahead of the page: what lies in a socket is not on it.
    if (turn % 100 === 0)
      await until(`status ${turn} on the page`, async () => (await page.locator('#model').textContent()) === `status ${turn / 100}`)
  }
  await fake.tell({ ...status(7_200), model: 'the last' })
  await until('the last status', async () => (await page.locator('#model').textContent()) === 'the last')
  expect(await page.locator('#events li').count()).toBe(200)
  expect(await page.locator('#events .message').first().textContent()).toMatch(/^event 500:/)
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  expect(usedSize / 1e6).toBeLessThan(100)
  expect(await page.evaluate<number>('document.querySelectorAll("*").length')).toBeLessThan(10_000)
}, 240_000)
