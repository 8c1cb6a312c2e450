import { placeholder, printDefault } from '../config/describe-key.ts'
import { type ConfigKey, configKeys, sectionNames } from '../config/keys.ts'

import { type FlagHelp, flagLines } from './flag-lines.ts'

/** The flags that most people need; the rest follows in the groups of the schema. */
const first = ['listen', 'admin', 'model', 'loops', 'threads', 'concurrency', 'balancers', 'policy', 'lane', 'command', 'logLevel']

/** The flags of a command, its own and those that are keys of the configuration. */
export function settingsHelp(takes: (key: ConfigKey) => boolean, own: readonly FlagHelp[]): string[] {
  const keys = configKeys.filter(takes)
  const main = first.flatMap((path) => keys.filter((key) => key.path === path))
  const others = keys.filter((key) => key.section === undefined && !main.includes(key))
  const lines = ['Flags:', ...flagLines([...own, ...main.map(describe)]), '']
  if (others.length > 0) lines.push('More:', ...flagLines(others.map(describe)), '')
  for (const section of sectionNames) {
    const inner = keys.filter((key) => key.section === section)
    if (inner.length > 0) lines.push(`More, ${section}:`, ...flagLines(inner.map(describe)), '')
  }
  return lines
}

function describe({ flag, schema }: ConfigKey): FlagHelp {
  const fallback = printDefault(schema)
  return { head: `${flag} ${placeholder(schema)}`, text: `${schema.description ?? ''}${fallback === undefined ? '' : ` [${fallback}]`}` }
}
