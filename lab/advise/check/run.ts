import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { availableCpus } from '../../../core/cpu-count.ts'
import { systemWallClock } from '../../../core/sources.ts'
import { readVersion } from '../../../core/version.ts'
import type { Step } from '../../compare/comparison.ts'
import { packageRoot } from '../../engine/package-root.ts'
import type { Bench } from '../../engine/rig.ts'
import { asText } from '../../table.ts'

import { adviseByRunning, type Setting } from '../advise.ts'
import { adviceText } from '../advice-text.ts'
import { bestOf, everySetup, type Measured, outcomeOf } from './exhaustive.ts'
import { amount, timeText } from '../../figures.ts'
import { middleOf } from '../finalists.ts'
import { knownWorkloads, serveLock } from '../known-workloads.ts'
import { readOptions } from '../options.ts'
import { rehearse } from '../rehearse.ts'
import { flagsOf, type Setup, titleOf } from '../setup.ts'

// npm run advise:check: whether advice is as good as what is found by trying everything, for workloads with known answers.
const names = knownWorkloads.map(({ workload }) => workload.name)
const usage = `npm run advise:check -- [--only NAME] [--seconds N] [--quick]

  --only NAME   one of ${names.join(', ')}
  --seconds N   how long each cluster is measured (5)
  --quick       less time for the advice
`

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (flags.help) return void process.stdout.write(usage)
  if (flags.only !== undefined && !names.includes(flags.only)) throw new Error(`--only is ${flags.only}; accepted: ${names.join(', ')}`)
  const seconds = Number(flags.seconds)
  if (!(seconds >= 1 && seconds <= 600)) throw new Error(`--seconds is ${flags.seconds}; accepted: 1 to 600`)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(new Error('interrupted')))
  const folder = mkdtempSync(join(os.tmpdir(), 'evenloop-check-'))
  const lock = join(folder, 'lock')
  const close = await serveLock(lock, (wait, action) => void setTimeout(action, wait))
  const app = 'test/fixtures/known-app.js'
  const bench: Bench = {
    ...{ app: packageRoot + app, config: undefined, cwd: folder, env: { ...process.env, KNOWN_LOCK: lock }, pid: process.pid },
    ...{ tell: (text: string) => void process.stderr.write(`${text}\n`), signal: stop.signal },
  }
  const { pace } = readOptions(flags.quick ? ['--quick'] : [])
  const setting: Setting = {
    version: readVersion(),
    startedAt: new Date(systemWallClock.now()).toISOString(),
    machine: { cpus: availableCpus(), memoryBytes: os.totalmem(), node: process.version, system: os.type() },
    ...{ pace, rate: undefined, p99Ms: undefined },
  }
  try {
    for (const known of knownWorkloads) {
      if (flags.only === undefined || flags.only === known.workload.name) await check(known, { bench, setting, seconds, app })
    }
  } finally {
    close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Check {
  readonly bench: Bench
  readonly setting: Setting
  readonly seconds: number
  readonly app: string
}

/** So many of all that were tried are run again beside the pick, and so often. */
const rivals = 2
const turns = 5

async function check({ workload, answer }: (typeof knownWorkloads)[number], { bench, setting, seconds, app }: Check): Promise<void> {
  const advice = await adviseByRunning(bench, { shown: app, written: app }, workload, setting)
  process.stdout.write(`${adviceText(advice)}\n`)
  const { goal, setup: picked } = advice.recommendation
  const run = async (setup: Setup): Promise<Step> => {
    bench.tell(`${workload.name}: ${titleOf(setup)}`)
    return await rehearse(bench, flagsOf(setup), { routes: workload.routes, rate: goal.rate, seconds })
  }
  const everything: Measured[] = []
  for (const setup of everySetup(picked, advice.findings, goal.rate)) everything.push({ setup, step: await run(setup) })
  // Whoever came out best of so many had luck, too: it is judged by runs of its own, in turns with the pick.
  const again = [...new Set([picked, ...bestOf(everything, rivals).map(({ setup }) => setup)])]
  const runs = again.map((): Step[] => [])
  for (let turn = 0; turn < turns; turn++) for (const [at, setup] of again.entries()) runs[at]!.push(await run(setup))
  const measured = again.map((setup, at): Measured => ({ setup, step: middleOf(runs[at]!) }))
  const { best, pick, isGood } = outcomeOf(measured, picked)
  process.stdout.write(`${tableOf(`${workload.name}, everything, run once`, everything)}\n\n`)
  const title = `${workload.name}: ${answer}. At ${amount(goal.rate)} requests a second, the middle one of ${turns} runs`
  const table = tableOf(title, measured, (one) => `${one === pick ? 'advised' : ''}${one === best ? ' best' : ''}`.trim())
  process.stdout.write(`${table}\n\n${workload.name}: ${isGood ? 'within 10 % of the best' : 'NOT within 10 % of the best'}\n\n\n`)
  if (!isGood) process.exitCode = 1
}

const tableOf = (title: string, measured: readonly Measured[], mark: (one: Measured) => string = () => ''): string =>
  asText({
    title,
    columns: [{ name: '' }, { name: 'cluster' }, { name: 'per second' }, { name: 'p50' }, { name: 'p99' }, { name: 'p99 of each route' }],
    lines: measured.map((one) => [
      mark(one),
      titleOf(one.setup),
      amount(one.step.throughput),
      timeText(one.step.p50Ms),
      timeText(one.step.p99Ms),
      one.step.routes.map(({ p99Ms }) => timeText(p99Ms)).join(', '),
    ]),
  })

try {
  await main()
} catch (error) {
  process.stderr.write(`advise:check: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
