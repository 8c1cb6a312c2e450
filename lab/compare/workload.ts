import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'

import { ConfigError, type ConfigProblem, UsageError } from '../../core/errors.ts'

import type { Workload, WorkloadRoute } from './comparison.ts'

const get = (path: string, weight = 1): WorkloadRoute => ({ method: 'GET', path, weight })

/** Workloads of the demo. What they ask for leaves two CPUs room for a client beside the cluster. */
export const knownWorkloads: Readonly<Record<string, readonly WorkloadRoute[]>> = {
  io: [get('/io?ms=50')],
  cpu: [get('/cpu?ms=5')],
  mixed: [get('/io?ms=10', 97), get('/block?ms=50', 3)],
}

const firstPage: Workload = { name: 'GET /', routes: [get('/')] }

const accepted = `${Object.keys(knownWorkloads).join(', ')} (routes of the demo), or the name of a JSON file: {"routes":[{"method":"GET","path":"/","weight":1}]}`

/**
 * The one that was asked for, by its name or from a file. Where none was, the first page of an app, since the demo's routes are not its own.
 * @throws ConfigError, UsageError
 */
export function workloadFor(asked: string | undefined, app: string | undefined, cwd: string): Workload {
  return asked === undefined && app !== undefined ? firstPage : readWorkload(asked ?? 'mixed', cwd)
}

/**
 * A workload by its name, or from a file.
 * @throws ConfigError, UsageError
 */
export function readWorkload(name: string, cwd: string): Workload {
  const known = knownWorkloads[name]
  if (known !== undefined) return { name, routes: known }
  const path = resolve(cwd, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      `command line: --workload is ${name}${code === 'ENOENT' ? '' : ` (${code})`}, which is no file that can be read; accepted: ${accepted}`,
    )
  }
  return { name: basename(name), routes: parseRoutes(text, path) }
}

/** Of each route, which share of all requests it is, 0 to 1. */
export function sharesOf(routes: readonly WorkloadRoute[]): number[] {
  const sum = routes.reduce((all, { weight }) => all + weight, 0)
  return routes.map(({ weight }) => weight / sum)
}

/** The routes of a workload's file. @throws ConfigError with everything that is wrong */
export function parseRoutes(text: string, source: string): readonly WorkloadRoute[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ConfigError([{ key: 'the file', value: `no JSON (${(error as Error).message})`, accepted: 'JSON', source }])
  }
  const problems: ConfigProblem[] = []
  const wrong = (key: string, value: unknown, accepted: string): void =>
    void problems.push({ key, value: value === undefined ? 'missing' : shortJson(value), accepted, source })
  const unknownKeys = (object: object, known: readonly string[], at: string): void => {
    for (const key of Object.keys(object)) {
      if (!known.includes(key)) problems.push({ key: `${at}${key}`, accepted: `accepted: ${known.join(', ')}`, source })
    }
  }
  const routes = isObject(value) ? value['routes'] : undefined
  if (!isObject(value)) wrong('the file', value, 'an object with the key routes')
  else {
    unknownKeys(value, ['routes'], '')
    if (!Array.isArray(routes) || routes.length === 0 || routes.length > mostRoutes)
      wrong('routes', routes, `a list of 1 to ${mostRoutes} routes`)
  }
  const checked = (Array.isArray(routes) ? routes.slice(0, mostRoutes) : []).map((route: unknown, index) => {
    const at = `routes[${index}]`
    if (!isObject(route)) {
      wrong(at, route, 'an object with path, and optionally method, weight, headers, body')
      return get('/')
    }
    unknownKeys(route, ['method', 'path', 'weight', 'headers', 'body'], `${at}.`)
    const { method = 'GET', path, weight = 1, headers, body } = route
    if (typeof method !== 'string' || !/^[A-Z]{1,20}$/.test(method) || method === 'CONNECT')
      wrong(`${at}.method`, method, 'a method in capitals, for instance POST')
    if (typeof path !== 'string' || !/^\/[!-~]*$/.test(path) || path.includes('#'))
      wrong(`${at}.path`, path, 'a path that starts with /, with its query if it has one, spaces and the like encoded (%20)')
    if (typeof weight !== 'number' || !(weight > 0) || weight > 1e9) wrong(`${at}.weight`, weight, 'a number above 0')
    if (headers !== undefined && !isObject(headers)) wrong(`${at}.headers`, headers, 'an object of names and texts')
    for (const [name, text] of isObject(headers) ? Object.entries(headers) : []) {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || ownHeaders.has(name.toLowerCase()))
        wrong(`${at}.headers`, name, `names of headers, but not ${[...ownHeaders].join(', ')}`)
      if (typeof text !== 'string' || !/^[\t -~]*$/.test(text)) wrong(`${at}.headers.${name}`, text, 'visible ASCII text')
    }
    if (body !== undefined && typeof body !== 'string') wrong(`${at}.body`, body, 'a text; JSON as text, too')
    return {
      method: method as string,
      path: path as string,
      weight: weight as number,
      ...(headers === undefined ? {} : { headers: headers as Record<string, string> }),
      ...(body === undefined ? {} : { body: body as string }),
    }
  })
  if (problems.length > 0) throw new ConfigError(problems)
  return checked
}

const mostRoutes = 100

// What frames the request is the client's own.
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect'])

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function shortJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
