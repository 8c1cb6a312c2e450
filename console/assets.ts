import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'

export interface Asset {
  readonly body: Buffer
  /** Its content type. */
  readonly type: string
}

/**
 * What every answer of the console carries. Nothing from elsewhere is loaded, nothing inline runs, and no other page may
 * frame this one: its buttons change a cluster, and its texts come from apps.
 */
export const consoleHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * The page and all it needs, by path, from the compiled folder and from uPlot's package.
 * @throws Error where scripts/compile.mjs has not run
 */
export const consoleAssets: ReadonlyMap<string, Asset> = readAssets()

function readAssets(): ReadonlyMap<string, Asset> {
  // Code that runs uncompiled, as tests do, shows the page that was compiled last: a browser reads no TypeScript.
  const compiled = new URL(import.meta.url.endsWith('.ts') ? '../dist/console/browser/' : './browser/', import.meta.url)
  const assets = new Map<string, Asset>()
  for (const name of readdirSync(compiled)) {
    const type = types[extname(name)]
    if (type === undefined) continue
    assets.set(name === 'index.html' ? '/' : `/console/${name}`, { body: readFileSync(new URL(name, compiled)), type })
  }
  const { resolve } = createRequire(import.meta.url)
  for (const [name, file] of [
    ['uplot.js', 'uplot/dist/uPlot.esm.js'],
    ['uplot.css', 'uplot/dist/uPlot.min.css'],
  ] as const) {
    assets.set(`/console/${name}`, { body: readFileSync(resolve(file)), type: types[extname(name)]! })
  }
  return assets
}
