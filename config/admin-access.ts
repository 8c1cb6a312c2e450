import { formatHostPort, parseHostPort } from '../core/address.ts'
import { ConfigError } from '../core/errors.ts'

import { defaultAdmin } from './defaults.ts'
import { type ConfigFile, namedFile, readConfigFile } from './file.ts'
import { hidden, type Reading } from './layer.ts'
import { isPlainObject, printValue } from './value.ts'

export interface AdminInput {
  /** The value of `--admin`. */
  readonly addressFlag?: string | undefined
  /** The value of `--admin-token`. */
  readonly tokenFlag?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFile?: string | undefined
}

/** How a running cluster can be asked. */
export interface AdminAccess {
  /** `HOST:PORT` */
  readonly address: string
  /** Undefined where nobody gave one. */
  readonly token?: AdminToken | undefined
}

export interface AdminToken {
  readonly value: string
  /** Where it was read, for people: `EVENLOOP_ADMIN_TOKEN`. */
  readonly from: string
}

/**
 * How a running cluster can be asked: flag before variable before file before default. Only the keys admin and adminToken
 * are read: a mistake elsewhere in the configuration must not keep anyone from stopping the cluster.
 * @throws ConfigError when the address cannot be connected to, or the token cannot be one
 */
export async function findAdmin({ addressFlag, tokenFlag, env, cwd, configFile }: AdminInput): Promise<AdminAccess> {
  const { EVENLOOP_ADMIN: address, EVENLOOP_ADMIN_TOKEN: token } = env
  let file: Promise<ConfigFile | undefined> | undefined
  const fromFile = async (key: string): Promise<Reading | undefined> => {
    const { value, where } = (await (file ??= readConfigFile(cwd, namedFile(configFile, env)))) ?? {}
    if (!isPlainObject(value) || value[key] === undefined) return undefined
    return { key, source: where?.([key]) ?? key, value: value[key] }
  }
  const given = said('--admin', addressFlag, 'EVENLOOP_ADMIN', address)
  const found = readAddress(given ?? (await fromFile('admin')) ?? { key: 'admin', source: 'default', value: defaultAdmin })
  // A file that cannot be read keeps nobody from a cluster whose address was given otherwise: it may ask for no token.
  const last = said('--admin-token', tokenFlag, 'EVENLOOP_ADMIN_TOKEN', token) ?? (await fromFile('adminToken').catch(() => undefined))
  return { address: found, token: last === undefined ? undefined : readToken(last) }
}

function said(flagName: string, flag: string | undefined, variable: string, inEnv: string | undefined): Reading | undefined {
  if (flag !== undefined) return { key: flagName, source: 'command line', value: flag }
  return inEnv === undefined || inEnv === '' ? undefined : { key: variable, source: 'environment', value: inEnv }
}

function readAddress({ key, source, value }: Reading): string {
  const target = typeof value === 'string' ? parseHostPort(value.replace(/^http:\/\/|\/$/g, '')) : undefined
  if (target === undefined || target.port === 0) {
    const shown = typeof value === 'string' ? value : printValue(value)
    throw new ConfigError([{ key, source, value: shown, accepted: 'HOST:PORT of a running cluster, for instance --admin 127.0.0.1:9400' }])
  }
  // An address that means "every interface" is none that one can connect to everywhere.
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  return formatHostPort(loopback[target.host] ?? target.host, target.port)
}

// Not by the schema: loading that takes longer than all the rest of the commands that only ask a running cluster.
function readToken({ key, source, value }: Reading): AdminToken {
  if (typeof value !== 'string' || !/^[!-~]+$/.test(value))
    throw new ConfigError([
      { key, source, value: hidden, accepted: 'the token of the running cluster: visible ASCII characters without spaces' },
    ])
  return { value, from: key === 'adminToken' ? source : key }
}
