import type { Comparison, Step, Workload } from '../compare/comparison.ts'

import type { Tried } from './finalists.ts'
import type { Findings, Recommendation } from './recommend.ts'
import { flagsOf } from './setup.ts'

/** What `evenloop advise` says: printed for people, drawn as a page, written as JSON. */
export interface Advice {
  readonly version: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly machine: Comparison['machine']
  /** The app's file as it was given, `demo`, or the address of a cluster that was observed. */
  readonly app: string
  readonly workload: Workload
  readonly findings: Findings
  readonly recommendation: Recommendation
  /** The reasoning, the answer first. */
  readonly sentences: readonly string[]
  /** The command that runs what is recommended. */
  readonly command: string
  /** What came of running it; nothing is run where a cluster was only observed. */
  readonly measured?: Step
  /** All that was run, the recommendation included. */
  readonly tried: readonly Tried[]
  /** What could not be run, and why. */
  readonly failures: readonly string[]
}

/** As it is typed into a shell. @param app the app's file */
export const commandFor = (app: string, recommendation: Recommendation): string =>
  ['evenloop', 'start', app, ...flagsFor(recommendation)].map(quoted).join(' ')

const quoted = (word: string): string => (/^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)

/** The flags of `evenloop start` that set up what is recommended. */
export function flagsFor({ setup, concurrency, declared, queue }: Recommendation): string[] {
  const flags = flagsOf(setup)
  if (setup.model !== 'sync' && concurrency !== 'auto') flags.push('--concurrency', String(concurrency))
  if (declared.length > 0) flags.push('--routes', declared.map((route) => `${route}=blocking`).join(','))
  flags.push('--limits-queue', String(queue.requests), '--timeouts-queue', `${queue.waitMs}ms`)
  return flags
}
