import { ConfigError, type ConfigProblem } from '../core/errors.ts'

import type { AppNeed } from '../config/cross-checks.ts'
import type { GivenFlag } from '../config/from-flags.ts'
import type { Loaded } from '../config/load.ts'

import { refuseExtra } from './args.ts'
import type { Call, Command } from './command.ts'

interface Wish {
  readonly app: AppNeed
  /** The first one is the app. */
  readonly positionals?: readonly string[]
  /** What the command itself found wrong, to be told together with the rest. */
  readonly problems?: readonly ConfigProblem[]
}

/**
 * The configuration that a command line asks for.
 * @throws ConfigError, UsageError
 */
export async function settingsOf(call: Call, command: Command, { app, positionals = [], problems = [] }: Wish): Promise<Loaded> {
  const { args, env, cwd } = call
  refuseExtra(positionals, 1, command.usage)
  const [name] = positionals
  const given: GivenFlag[] = name === undefined ? [...args.flags] : [...args.flags, { name: '--app', value: name, shownAs: 'APP' }]
  const { loadSettings } = await import('../config/load.ts')
  const loading = loadSettings({
    flags: given,
    env,
    cwd,
    configFile: args.own.get('--config')?.at(-1),
    app,
    scope: { takes: command.takes ?? (() => false), others: command.flags.map((flag) => flag.name), command: `evenloop ${command.name}` },
  })
  if (problems.length === 0) return await loading
  const others = await loading.then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )
  throw new ConfigError([...problems, ...others])
}
