import { Settings } from './schema.ts'

/** The JSON Schema of one key, as far as the readers, the help and the errors need it. */
export interface KeySchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly anyOf?: readonly KeySchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly unit?: 'duration' | 'size'
  /** The properties are the two ends of a range, `min` and `max`, which text may say as `2..8`. */
  readonly range?: true
  /** What is accepted, in words, where the schema alone does not tell people. */
  readonly accepts?: string
  /** Its value is shown to nobody: not by `config print`, not in errors. */
  readonly secret?: boolean
  readonly items?: KeySchema
  readonly properties?: Readonly<Record<string, KeySchema>>
  readonly patternProperties?: Readonly<Record<string, KeySchema>>
}

/** One thing an operator may say, under its three names. */
export interface ConfigKey {
  /** As in a file, from the top: `limits.headerBytes`. */
  readonly path: string
  /** The group it belongs to; undefined at the top. */
  readonly section: string | undefined
  /** `--limits-header-bytes` */
  readonly flag: string
  /** `EVENLOOP_LIMITS_HEADER_BYTES` */
  readonly variable: string
  readonly schema: KeySchema
}

// TypeBox's types leave out the JSON Schema keywords that its values consist of.
export const rootSchema = Settings as unknown as KeySchema

const words = (path: string): string => path.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Names a key as a flag. */
const flagOf = (path: string): string => `--${words(path)}`

/** Names a key as a variable of the environment. */
const variableOf = (path: string): string => `EVENLOOP_${words(path).replaceAll('-', '_').toUpperCase()}`

function walk(properties: Readonly<Record<string, KeySchema>>, section: string | undefined): ConfigKey[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = section === undefined ? name : `${section}.${name}`
    if (schema.properties !== undefined) return walk(schema.properties, path)
    return [{ path, section, flag: flagOf(path), variable: variableOf(path), schema }]
  })
}

/** Every key of the schema, in the schema's order. */
export const configKeys: readonly ConfigKey[] = walk(rootSchema.properties ?? {}, undefined)

/** The groups of keys: `timeouts`, `limits` … */
export const sectionNames: readonly string[] = [...new Set(configKeys.flatMap((key) => key.section ?? []))]
