import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** Installs the programs of this folder as its lock file pins them, unless that has been done. */
export function installPrograms(): void {
  const done = `${folder}/node_modules/.package-lock.json`
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(`${folder}/package-lock.json`).mtimeMs) return
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm ci in test/programs failed:\n${stderr}`)
}

/** The path of a program's own entry file. */
export const program = (path: string): string => `${folder}node_modules/${path}`
