import { isIP } from 'node:net'

import { parseHostPort } from '../core/address.ts'
import type { ConfigProblem } from '../core/errors.ts'

import { describeAccepted } from './accepted.ts'
import { concurrencyCap } from './concurrency.ts'
import { configKeys } from './keys.ts'
import { hidden, type Origin } from './layer.ts'
import { routeProblems } from './route-problems.ts'
import type { Settings } from './schema.ts'
import { printValue } from './value.ts'

/** Whether a command needs an app or a command; `config check` takes a file that leaves it to the command line. */
export type AppNeed = 'required' | 'optional' | 'ignored'

type OriginOf = (path: string) => Origin

interface Refusal {
  readonly path: string
  readonly value: unknown
  readonly accepted: string
}

/** What one key cannot tell alone. Pure; the app's file is looked for elsewhere. */
export function crossCheck(settings: Settings, originOf: OriginOf, need: AppNeed): ConfigProblem[] {
  const refuse = (path: string, value: unknown, accepted = acceptedBy(path)): ConfigProblem => ({
    ...originOf(path),
    value: typeof value === 'string' ? value : printValue(value),
    accepted,
  })
  const problems: ConfigProblem[] = need === 'ignored' ? [] : checkApp(settings, originOf, need)
  const { listen, admin, adminToken, model, loops, concurrency, balancers, lane, link, trustedProxies } = settings
  if (parseHostPort(listen) === undefined) problems.push(refuse('listen', listen))
  if (admin !== 'off' && parseHostPort(admin) === undefined) problems.push(refuse('admin', admin))
  if (adminToken !== undefined && adminToken === link.secret) {
    problems.push(
      refuse('adminToken', hidden, 'another text than link.secret: who may look at the cluster must not be able to pose as a balancer'),
    )
  }
  const strangers = trustedProxies.filter((range) => !isRange(range))
  if (strangers.length > 0) problems.push(refuse('trustedProxies', strangers.join(', ')))
  if (lane === 'link' && settings.command !== undefined && need !== 'ignored') {
    problems.push(refuse('lane', lane, 'auto or http where a command is the server: only Node apps that evenloop hosts speak the link'))
  }
  for (const [given, missing] of [
    ['cert', 'key'],
    ['key', 'cert'],
  ] as const) {
    if (link[given] !== undefined && link[missing] === undefined) {
      problems.push(refuse(`link.${given}`, link[given], `link.${given} together with link.${missing}: TLS needs both`))
    }
  }
  if (model === 'async' && loops !== 'auto' && loops !== 1) {
    const value = typeof loops === 'object' ? `${loops.min}..${loops.max}` : loops
    problems.push(refuse('loops', value, '1 or auto under the model async, which is one loop; hybrid is the model with several'))
  }
  if (model === 'sync' && (concurrency === 'adaptive' || (typeof concurrency === 'number' && concurrency !== 1))) {
    problems.push(refuse('concurrency', concurrency, '1 or auto under the model sync, whose workers hold one request at a time'))
  }
  for (const { path, value, accepted } of checkWorkers(settings, need)) problems.push(refuse(path, value, accepted))
  for (const { value, accepted } of routeProblems(settings.routes)) problems.push(refuse('routes', value, accepted))
  const cap = concurrencyCap(settings)
  if (cap > 0 && balancers !== 'auto' && balancers > cap) {
    problems.push(
      refuse('balancers', balancers, `at most ${cap} where a loop holds ${cap} at once (concurrency): each balancer needs a share`),
    )
  }
  return problems
}

/** What stands against threads, and against workers for blocking routes. */
function checkWorkers({ command, threads, blockingWorkers, model, isolation, policy, sticky }: Settings, need: AppNeed): Refusal[] {
  const isForeign = command !== undefined && need !== 'ignored'
  const refusals: Refusal[] = []
  const refuse = (path: string, value: number, accepted: string): void => void refusals.push({ path, value, accepted })
  if (isForeign && threads > 1) {
    refuse(
      'threads',
      threads,
      '1 where a command is the server: threads are for apps that run in Node; more loops start more processes of it',
    )
  }
  if (blockingWorkers === 0) return refusals
  const none = (reason: string): void => refuse('blockingWorkers', blockingWorkers, `0 ${reason}`)
  if (isForeign) none('where a command is the server: only apps that run in Node say which routes block')
  if (model === 'sync') none('under the model sync, whose workers are all of that kind; loops says how many')
  if (isolation.mode === 'off') none('where isolation.mode is off: no route is taken for a blocking one then')
  if (policy === 'rendezvous' && sticky.by !== 'header') {
    none(`under the policy rendezvous by ${sticky.by}: every request stays with its loop, so none would go to these workers`)
  }
  return refusals
}

function checkApp({ app, command }: Settings, originOf: OriginOf, need: AppNeed): ConfigProblem[] {
  if (app !== undefined && command !== undefined) {
    const other = originOf('app')
    return [{ ...originOf('command'), value: command, accepted: `only one of app and command (app is ${app}, from ${other.source})` }]
  }
  if (command !== undefined && !/\{(socket|port)\}/.test(command)) {
    const accepted =
      'a command line with {socket} or {port} where the server takes its address, for instance "uvicorn main:app --uds {socket}"'
    return [{ ...originOf('command'), value: command, accepted }]
  }
  if (app !== undefined || command !== undefined || need === 'optional') return []
  const accepted =
    'the file of an app, for instance "evenloop start app.js", or a server in any language, "evenloop start --command \'PROGRAM ARGS {socket}\'"'
  return [{ key: 'app', source: 'command line', value: 'missing', accepted }]
}

const acceptedBy = (path: string): string => describeAccepted(configKeys.find((key) => key.path === path)?.schema ?? {})

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}
