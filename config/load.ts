import { dirname } from 'node:path'

import { ConfigError, type ConfigProblem } from '../core/errors.ts'

import { type AppNeed, crossCheck } from './cross-checks.ts'
import { namedFile, readConfigFile } from './file.ts'
import { readEnvironment } from './from-env.ts'
import { readFileLayer } from './from-file.ts'
import { type FlagScope, type GivenFlag, readFlags } from './from-flags.ts'
import { configKeys, sectionNames } from './keys.ts'
import type { Layer, Origin, Reading } from './layer.ts'
import { namedNewFile, namedPath } from './named-path.ts'
import type { Settings } from './schema.ts'
import { isPlainObject } from './value.ts'

export interface LoadInput {
  readonly flags: readonly GivenFlag[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder in which a file is looked for, and from which names on the command line count. */
  readonly cwd: string
  /** The value of `--config`; `EVENLOOP_CONFIG` counts where it is undefined. */
  readonly configFile?: string | undefined
  /** Default `required`. */
  readonly app?: AppNeed
  readonly scope?: FlagScope
}

export interface Loaded {
  readonly settings: Settings
  /** Where each key was read, by its path. */
  readonly origins: ReadonlyMap<string, Origin>
  /** The absolute path of the file that was read. */
  readonly file?: string | undefined
}

const everyFlag: FlagScope = { takes: () => true, others: [], command: 'evenloop start' }

/**
 * What the operator said: flag before variable before file before default, key by key. The names inside `env` and
 * `options` are put together in the same order.
 * @throws ConfigError with every problem at once
 * @throws UsageError when the file cannot be read
 */
export async function loadSettings(input: LoadInput): Promise<Loaded> {
  const { env, cwd, app: need = 'required' } = input
  const file = await readConfigFile(cwd, namedFile(input.configFile, env))
  const empty: Layer = { readings: new Map(), problems: [] }
  const layers = [file === undefined ? empty : readFileLayer(file), readEnvironment(env), readFlags(input.flags, input.scope ?? everyFlag)]
  const problems: ConfigProblem[] = layers.flatMap((layer) => layer.problems)

  const origins = new Map<string, Origin>()
  // A group whose keys have no defaults is there all the same.
  const values: Record<string, unknown> = Object.fromEntries(sectionNames.map((name) => [name, {}]))
  for (const { path, schema } of configKeys) {
    const readings = layers.flatMap((layer) => layer.readings.get(path) ?? [])
    origins.set(path, readings.at(-1) ?? { key: path, source: 'default' })
    const value = combine(schema.default, readings)
    if (value !== undefined) put(values, path.split('.'), value)
  }
  // The walk above gives every key of the schema a value that the schema accepts; a test holds it against the schema itself.
  const settings = values as unknown as Settings
  const originOf = (path: string): Origin => origins.get(path) ?? { key: path, source: 'default' }

  problems.push(...crossCheck(settings, originOf, need))
  const baseOf = (key: string): string => (file !== undefined && originOf(key) === layers[0]?.readings.get(key) ? dirname(file.path) : cwd)
  const absolute = (key: string, name: string, role: string): string => {
    const found = namedPath(name, baseOf(key), originOf(key), role)
    if (found.problem !== undefined) problems.push(found.problem)
    return found.path
  }
  const { app, link, accessLog } = settings
  if (app !== undefined && need !== 'ignored') settings.app = absolute('app', app, 'the app')
  if (link.cert !== undefined) link.cert = absolute('link.cert', link.cert, 'the certificate')
  if (link.key !== undefined) link.key = absolute('link.key', link.key, 'the private key')
  if (link.ca !== undefined) link.ca = absolute('link.ca', link.ca, "the authorities' certificates")
  if (accessLog.file !== '-') {
    const found = namedNewFile(accessLog.file, baseOf('accessLog.file'), originOf('accessLog.file'))
    if (found.problem !== undefined) problems.push(found.problem)
    accessLog.file = found.path
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { settings, origins, file: file?.path }
}

function combine(fallback: unknown, readings: readonly Reading[]): unknown {
  const values = readings.map((reading) => reading.value)
  return values.length > 0 && values.every(isPlainObject) ? Object.assign({}, ...values) : (values.at(-1) ?? structuredClone(fallback))
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path
  if (rest.length === 0) target[name] = value
  else put((target[name] ??= {}) as Record<string, unknown>, rest, value)
}
