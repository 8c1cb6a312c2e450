import { formatHostPort, parseHostPort } from '../core/address.ts'
import { ConfigError } from '../core/errors.ts'

import { defaultAdmin } from './defaults.ts'
import { namedFile, readConfigFile } from './file.ts'
import type { Reading } from './layer.ts'
import { isPlainObject, printValue } from './value.ts'

export interface AdminInput {
  /** The value of `--admin`. */
  readonly flag?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFile?: string | undefined
}

/**
 * `HOST:PORT` at which a running cluster can be asked. Only the key admin is read: a mistake elsewhere in the
 * configuration must not keep anyone from stopping the cluster.
 * @throws ConfigError when it names no address that can be connected to
 */
export async function findAdminAddress(input: AdminInput): Promise<string> {
  const { key, source, value } = await readAdmin(input)
  const target = typeof value === 'string' ? parseHostPort(value.replace(/^http:\/\/|\/$/g, '')) : undefined
  if (target === undefined || target.port === 0) {
    const shown = typeof value === 'string' ? value : printValue(value)
    throw new ConfigError([{ key, source, value: shown, accepted: 'HOST:PORT of a running cluster, for instance --admin 127.0.0.1:9400' }])
  }
  // An address that means "every interface" is none that one can connect to everywhere.
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  return formatHostPort(loopback[target.host] ?? target.host, target.port)
}

async function readAdmin({ flag, env, cwd, configFile }: AdminInput): Promise<Reading> {
  if (flag !== undefined) return { key: '--admin', source: 'command line', value: flag }
  const { EVENLOOP_ADMIN: fromEnv } = env
  if (fromEnv !== undefined && fromEnv !== '') return { key: 'EVENLOOP_ADMIN', source: 'environment', value: fromEnv }
  const file = await readConfigFile(cwd, namedFile(configFile, env))
  if (file !== undefined && isPlainObject(file.value) && file.value['admin'] !== undefined) {
    return { key: 'admin', source: file.where(['admin']), value: file.value['admin'] }
  }
  return { key: 'admin', source: 'default', value: defaultAdmin }
}
