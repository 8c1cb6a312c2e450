import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { systemClock } from '../core/sources.ts'
import { answerText, page, verdict, type Answered } from './page.ts'
import { overload } from './scenarios/overload.ts'
import { cost } from './scenarios/cost.ts'
import { policiesScenario } from './scenarios/policies.ts'
import type { Scenario } from './scenario.ts'
import { site } from './scenarios/site.ts'
import { agreement } from './scenarios/agreement.ts'
import { views } from './scenarios/views.ts'

const scenarios: readonly Scenario[] = [policiesScenario, views, agreement, site, overload, cost]
const names = scenarios.map(({ name }) => name)

const usage = `npm run simulate -- [--only NAME] [--seed N] [--json] [--write]

${scenarios.map(({ name, question }) => `  --only ${name.padEnd(9)} ${question}`).join('\n')}
  --seed N         another run of chance (1)
  --json           the figures as JSON
  --write          write docs/simulation.md too; needs every scenario and the seed 1
`

// Whoever waits for longer is told what for.
const patienceMs = 2_000

function main(): void {
  const { values: flags } = parseArgs({
    options: {
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (flags.help) return void process.stdout.write(usage)
  const { only, seed } = flags
  if (only !== undefined && !names.includes(only)) throw new Error(`--only is ${only}; accepted: ${names.join(', ')}`)
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed is ${seed}; accepted: a whole number below 1000000000`)
  if (flags.write && (only !== undefined || seed !== '1'))
    throw new Error('--write needs every scenario and the seed 1; remedy: leave out the other flags')

  let toldAt = systemClock.now()
  const tell = (text: string): void => {
    const now = systemClock.now()
    if (now - toldAt < patienceMs) return
    toldAt = now
    process.stderr.write(`${text} …\n`)
  }
  const answered: Answered[] = []
  for (const scenario of scenarios) {
    if (only !== undefined && only !== scenario.name) continue
    const answer = scenario.run(Number(seed), (text) => tell(`${scenario.name}: ${text}`))
    answered.push({ scenario, answer })
    if (!flags.json) process.stdout.write(`${answerText({ scenario, answer })}\n\n\n`)
  }
  process.stdout.write(flags.json ? `${asJson(seed, answered)}\n` : `${verdict(answered)}\n`)
  if (flags.write) writeFileSync(new URL('../docs/simulation.md', import.meta.url), page(answered))
}

const asJson = (seed: string, answered: readonly Answered[]): string =>
  JSON.stringify(
    { seed: Number(seed), scenarios: answered.map(({ scenario: { name, question }, answer }) => ({ name, question, ...answer })) },
    null,
    2,
  )

try {
  main()
} catch (error) {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
