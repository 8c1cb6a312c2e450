// Compiles into dist/: the product for Node, and the console's page for browsers, which has types of its own.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

for (const project of ['tsconfig.build.json', 'console/browser/tsconfig.build.json']) {
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

const source = 'console/browser'
const compiled = 'dist/console/browser'
for (const name of readdirSync(source)) {
  if (/\.(html|css|svg)$/.test(name)) cpSync(`${source}/${name}`, `${compiled}/${name}`)
}
// What the page no longer has must not be served on.
for (const name of readdirSync(compiled)) {
  if (!existsSync(`${source}/${name.replace(/\.js(\.map)?$/, '.ts')}`)) rmSync(`${compiled}/${name}`)
}
