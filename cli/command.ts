import type { ConfigKey } from '../config/keys.ts'
import { UsageError } from '../core/errors.ts'

import type { Args, OwnFlag } from './args.ts'
import type { Terminal } from './terminal.ts'

/** What a command is given to work with. */
export interface Call {
  readonly args: Args
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly terminal: Terminal
}

export interface Command {
  /** As written after `evenloop`. */
  readonly name: string
  readonly usage: string
  readonly summary: string
  /** What else the help says, in full sentences. */
  readonly details?: string
  /** A command line and what it does. */
  readonly examples: readonly (readonly [string, string])[]
  readonly flags: readonly OwnFlag[]
  /** Which keys of the configuration it takes as flags; none where it is left out. */
  readonly takes?: (key: ConfigKey) => boolean
  /** The exit status; undefined where the process goes on and ends itself. */
  run(call: Call): Promise<number | undefined>
}

export const configFlag: OwnFlag = {
  name: '--config',
  value: 'FILE',
  description: 'Configuration file; otherwise evenloop.config.{json,yaml,yml,ts,mts,js,mjs} of the working directory.',
}

const adminFlag: OwnFlag = {
  name: '--admin',
  value: 'HOST:PORT',
  description: 'Admin address of the running cluster; otherwise that of the configuration (127.0.0.1:9400).',
}

const adminTokenFlag: OwnFlag = {
  name: '--admin-token',
  value: 'TOKEN',
  description:
    'Token of a cluster that asks for one; better by the variable EVENLOOP_ADMIN_TOKEN, as every user of this host can read a command line.',
}

/** Where a command finds the running cluster, and how it is let in. */
export const clusterFlags: readonly OwnFlag[] = [adminFlag, adminTokenFlag, configFlag]

export const jsonFlag: OwnFlag = { name: '--json', description: 'Print JSON.' }

export const outFlag: OwnFlag = {
  name: '--out',
  value: 'FILE',
  description: 'Where it is written; otherwise a name with loop and time, in this folder.',
}

/**
 * The loop that a command line names, where it takes nothing else.
 * @throws UsageError
 */
export function loopOf({ positionals }: Args, usage: string): string {
  const [id, extra] = positionals
  if (id !== undefined && extra === undefined && /^\d{1,4}$/.test(id)) return id
  throw new UsageError(
    `command line: LOOP is ${id === undefined ? 'missing' : positionals.join(' ')}; accepted: the number of a loop, ${usage}`,
  )
}
