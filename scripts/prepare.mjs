// Makes a fresh clone runnable: installs what package-lock.json names, if it is not there, and compiles what
// changed. `npm start` and `npm test` run it first, so that neither needs another command.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const run = (command, args, title) => {
  process.stderr.write(`evenloop: ${title} …\n`)
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) {
    process.stderr.write(`evenloop: "${command} ${args.join(' ')}" failed, see above\n`)
    process.exit(status ?? 1)
  }
}

const installed = 'node_modules/.package-lock.json'
const isStale = !existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs
if (isStale && lockedVersions('package-lock.json') !== lockedVersions(installed)) {
  run('npm', ['ci', '--no-audit', '--no-fund'], 'installing packages')
}
if (!existsSync('dist/cli/main.js')) rmSync('dist', { recursive: true, force: true })
run(process.execPath, ['scripts/compile.mjs'], 'compiling')

/** What a lock file pins, without the root entry and the packages for other platforms. */
function lockedVersions(file) {
  if (!existsSync(file)) return ''
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  return Object.keys(packages)
    .filter((path) => path !== '' && packages[path].optional !== true)
    .sort()
    .map((path) => `${path}@${packages[path].version}`)
    .join()
}
