import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, expect } from 'vitest'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where the system's Chromium is: the tests bring none of their own. */
export function chromiumPath(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin']
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  if (found === undefined) throw new Error(`no Chromium on the PATH (${names.join(', ')}); on Debian: apt-get install chromium`)
  return found
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Options for a browser that speaks to nobody but the page's own server. */
export const launchOptions = {
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

let browser: Browser | undefined
afterAll(async () => {
  await browser?.close()
  browser = undefined
})

const watched: { page: Page; problems: string[] }[] = []

// Whatever a test is about: a page that breaks its own policy, fails, or asks elsewhere is wrong.
afterEach(async () => {
  const problems = watched.flatMap(({ problems }) => problems)
  await Promise.all(watched.splice(0).map(({ page }) => page.context().close()))
  expect(problems).toEqual([])
})

/** Opens the console in a Chromium of its own profile. The page's errors, policy violations and foreign requests fail the test. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= await chromium.launch({ executablePath: chromiumPath(), ...launchOptions })
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const problems: string[] = []
  watched.push({ page, problems })
  page.on('pageerror', (error) => problems.push(String(error.stack)))
  page.on('console', (said) => {
    // A supervisor that cannot be reached is told by the browser itself; the tests that take it away expect that.
    if (['error', 'warning'].includes(said.type()) && !expected.test(said.text())) problems.push(said.text())
  })
  page.on('request', (request) => {
    const to = new URL(request.url())
    if (to.protocol.startsWith('http') && to.origin !== new URL(url).origin) problems.push(`asked ${request.url()}`)
  })
  // Chromium breaks off what it loads when a network interface comes or goes, as containers of this machine's do.
  let broken = true
  page.on('requestfailed', (request) => {
    broken ||= request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED'
  })
  for (let tries = 0; broken && tries < 5; tries++) {
    broken = false
    await page.goto(url)
  }
  return page
}

const expected = /^Failed to load resource: (net::ERR_|the server responded with a status of (409|50\d))/
