import type { Answer, Scenario } from './scenario.ts'
import { asMarkdown, asText } from './table.ts'

export interface Answered {
  readonly scenario: Scenario
  readonly answer: Answer
}

/** For a terminal. */
export const answerText = ({ scenario, answer }: Answered): string =>
  [scenario.question, scenario.model, ...answer.tables.map(asText)].join('\n\n')

/** In words, what the figures say. */
export const verdict = (answered: readonly Answered[]): string =>
  sentences(answered)
    .map(({ title, texts }) => [title, ...texts.map((text) => `- ${text}`)].join('\n'))
    .join('\n\n')

function sentences(answered: readonly Answered[]): { readonly title: string; readonly texts: readonly string[] }[] {
  const findings = answered.flatMap(({ answer }) => answer.findings)
  return [
    { title: 'What holds', texts: findings.filter(({ holds }) => holds).map(({ text }) => text) },
    { title: 'What does not', texts: findings.filter(({ holds }) => !holds).map(({ text }) => text) },
  ].filter(({ texts }) => texts.length > 0)
}

/** docs/simulation.md, whole: only what is the same on every machine. */
export function page(answered: readonly Answered[]): string {
  const exact = answered.filter(({ scenario }) => scenario.timed !== true)
  return `# Simulation

Written by \`npm run simulate -- --write\`; do not edit. The balancers are the product's own code (\`proxy/balancing/\`): choice, queue,
isolation, limits, slow start. What is modelled is around it: time, chance, the way to the loops (50 µs), and the loops, each of
which runs one piece of work after the other and is not heard of while one is long. Chance has a seed, so these figures come out
the same everywhere. \`--only cost\` measures what a choice costs; that depends on the machine and is not shown here.

${sentences(exact)
  .map(({ title, texts }) => [`## ${title}`, texts.map((text) => `- ${text}`).join('\n')].join('\n\n'))
  .join('\n\n')}

${exact.map(section).join('\n\n')}
`
}

/** One question and its answer, for docs. */
export const section = ({ scenario, answer }: Answered): string =>
  [`## ${scenario.question}`, `\`npm run simulate -- --only ${scenario.name}\``, scenario.model, ...answer.tables.map(asMarkdown)].join(
    '\n\n',
  )
