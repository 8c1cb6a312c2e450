// Makes the pictures of the console in docs/images/, from a real cluster under a mixed load. They are never edited by hand.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = `${root}docs/images/`
// So long that the charts have a minute to show.
const loadMs = 70_000
// What a usual app is asked, and now and then something that holds a loop.
const mixed = (client) => ['/', '/io?ms=40', '/', '/io?ms=120', '/cpu?ms=2', '/io?ms=80', '/', client === 0 ? '/block?ms=150' : '/io?ms=60']
// Long enough to be told apart on a strip of half a minute.
const long = () => ['/io?ms=500', '/io?ms=900', '/io?ms=300']

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
try {
  await during(['--loops', '4'], 24, mixed, async (page, url) => {
    await sleep(loadMs)
    await shoot(page, url, 'light', { width: 1360, height: 1216 })
    await shoot(page, url, 'dark', { width: 1360, height: 1216 })
    await shoot(page, url, 'small', { width: 360, height: 1216 })
  })
  const pool = ['--blocking-workers', '2', '--blocking-threads', '2', '--routes', '/block=blocking']
  await during(['--loops', '2', ...pool], 24, mixed, (page) => shootWorkers(page, 'pool'))
  await during(['--model', 'sync', '--loops', '4', '--threads', '2'], 6, long, (page) => shootWorkers(page, 'workers'))
} finally {
  await browser.close()
}

/** Starts a cluster under load, opens its console, and ends it when the pictures are taken. */
async function during(flags, clients, pathsOf, take) {
  const cluster = spawn(
    process.execPath,
    ['dist/cli/main.js', 'start', 'examples/demo/app.js', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...flags],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const load = new AbortController()
  try {
    const { url, admin } = await ready(cluster)
    const clientsDone = Array.from({ length: clients }, (_, client) => ask(url, client, pathsOf(client), load.signal))
    const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, deviceScaleFactor: 1 })
    await page.goto(admin)
    await take(page, url)
    await page.close()
    load.abort()
    await Promise.all(clientsDone)
  } finally {
    load.abort()
    if (cluster.exitCode === null && cluster.kill('SIGTERM')) await once(cluster, 'exit')
  }
}

async function ready(cluster) {
  for await (const line of createInterface(cluster.stdout)) {
    const match = /^evenloop ready: (http:\S+) .*admin (http:[^\s)]+)/.exec(line)
    if (match !== null) return { url: match[1], admin: match[2] }
  }
  throw new Error('the cluster did not become ready: run "node dist/cli/main.js start" to see why')
}

/** One client, which asks for one path after another. */
async function ask(url, client, paths, signal) {
  for (let turn = client; !signal.aborted; turn++) {
    await fetch(url + paths[turn % paths.length]).then(
      (answer) => answer.arrayBuffer(),
      () => {},
    )
    await sleep(5 + (turn % 7) * 4)
  }
}

/** A picture taken while a handler holds a loop, since that is what the page is for. */
async function shoot(page, url, name, viewport) {
  await page.emulateMedia({ colorScheme: name === 'dark' ? 'dark' : 'light' })
  await page.setViewportSize(viewport)
  const held = fetch(`${url}/block?ms=4000`).then((answer) => answer.arrayBuffer())
  await page.locator('.loop[data-condition="blocked"]', { hasText: '/block' }).first().waitFor({ state: 'attached' })
  // The next status says for how long, and the charts have the new width.
  await sleep(1_200)
  await page.screenshot({ path: `${pictures}console-${name}.png` })
  await held
}

/** The drawing of the cluster, and workers with their tasks once the strips are full: half a minute. */
async function shootWorkers(page, name) {
  await page.emulateMedia({ colorScheme: 'light' })
  await sleep(32_000)
  // What stands between the two cards is another story.
  await page.evaluate(
    `for (const part of document.querySelectorAll('main > *')) if (part.querySelector('#diagram, #workers') === null) part.style.display = 'none'`,
  )
  await page.locator('main').screenshot({ path: `${pictures}console-${name}.png` })
}
