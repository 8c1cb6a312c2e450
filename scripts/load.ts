// `npm run load -- SCRIPT`: runs a k6 script against a running cluster, with whatever k6 there is.
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { type LoadRun, readArguments } from './load/arguments.ts'
import { commandFor, findK6 } from './load/k6.ts'
import { problemWith } from './load/target.ts'
import { help, howToGetK6, listing, type Script } from './load/texts.ts'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

// What a script is for stands in its first comment, and nowhere else.
const scripts: Script[] = readdirSync('k6')
  .filter((file) => file.endsWith('.js'))
  .map((file) => ({ name: file.slice(0, -3), summary: /\/\*\* (.*) \*\//.exec(readFileSync(`k6/${file}`, 'utf8'))?.[1] ?? '' }))

const say = (text: string): void => void process.stderr.write(`load: ${text}\n`)

async function run(wanted: LoadRun): Promise<number> {
  const found = findK6(wanted.docker)
  if (found.in === 'nowhere') {
    say(`${found.reason}.\n${howToGetK6}`)
    return 2
  }
  const problem = await problemWith(wanted.url)
  if (problem !== undefined) {
    say(problem)
    return 1
  }
  const results = process.env['SUMMARY_DIR'] || 'k6-results'
  mkdirSync(results, { recursive: true })
  const { program, args, env } = commandFor(wanted, found.in, {
    root: process.cwd(),
    results,
    user: process.getuid === undefined ? undefined : `${process.getuid()}:${process.getgid?.()}`,
    isTerminal: process.stdout.isTTY,
  })
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  // A terminal sends Ctrl-C to k6 as well, which then ends in order and still writes its report.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

const wish = readArguments(
  process.argv.slice(2),
  scripts.map(({ name }) => name),
  process.env['BASE_URL'] || 'http://127.0.0.1:8080',
)
if (wish.kind === 'run') process.exitCode = await run(wish.run)
else if (wish.kind === 'wrong') {
  say(wish.problem)
  process.exitCode = 2
} else
  process.stdout.write(
    wish.kind === 'help' ? help(scripts) : `${listing(scripts)}\n\nnpm run load -- NAME runs one; --help has the flags.\n`,
  )
