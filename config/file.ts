import { existsSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'

import { ConfigError } from '../core/errors.ts'

/** A configuration file that has been read, not yet checked. */
export interface ConfigFile {
  /** Absolute. */
  readonly path: string
  readonly value: unknown
  /** Where a key is written, for errors: `/app/evenloop.config.yaml:3:1`; the file's path alone where that is unknown. */
  where(keyPath: readonly string[]): string
}

/** A file that the operator named. */
export interface NamedFile {
  readonly file: string
  readonly key: string
  readonly source: string
}

const extensions = ['json', 'yaml', 'yml', 'ts', 'mts', 'js', 'mjs']

/** The file names that are looked for in the working directory, the first one found counts. */
export const fileNames: readonly string[] = extensions.map((extension) => `evenloop.config.${extension}`)

/**
 * Reads the file that was named, or the first of `evenloop.config.*` in `cwd`; undefined where there is none.
 * @throws ConfigError when a file that was named does not exist or is of no known kind
 * @throws UsageError when the file cannot be read: with line and column for JSON and YAML
 */
export async function readConfigFile(cwd: string, named?: NamedFile): Promise<ConfigFile | undefined> {
  const path = named === undefined ? findConfigFile(cwd) : resolve(cwd, named.file)
  if (path === undefined) return undefined
  if (named !== undefined) {
    const isKnown = extensions.includes(extname(path).slice(1))
    const { file, ...origin } = named
    if (!isKnown)
      throw new ConfigError([
        { ...origin, value: file, accepted: `a file that ends in ${extensions.map((extension) => `.${extension}`).join(', ')}` },
      ])
    if (!existsSync(path)) throw new ConfigError([{ ...origin, value: file, accepted: `a file that exists (there is no ${path})` }])
  }
  // Each reader brings a parser or a compiler along: only the one that is needed is loaded.
  if (/\.ya?ml$/.test(path)) return (await import('./yaml-file.ts')).readYamlFile(path)
  if (path.endsWith('.json')) return (await import('./json-file.ts')).readJsonFile(path)
  return (await import('./module-file.ts')).readModuleFile(path)
}

const findConfigFile = (cwd: string): string | undefined => fileNames.map((name) => join(cwd, name)).find((path) => existsSync(path))

/** The file that `--config` names, or else `EVENLOOP_CONFIG`. */
export function namedFile(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): NamedFile | undefined {
  if (flag !== undefined) return { file: flag, key: '--config', source: 'command line' }
  const { EVENLOOP_CONFIG: fromEnv } = env
  return fromEnv === undefined || fromEnv === '' ? undefined : { file: fromEnv, key: 'EVENLOOP_CONFIG', source: 'environment' }
}
