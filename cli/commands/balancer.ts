import { hostname } from 'node:os'

import { type Command, configFlag } from '../command.ts'
import { chosenAdmin, checkAddresses } from '../role-flags.ts'
import { settingsOf } from '../settings.ts'

const keys: ReadonlySet<string> = new Set([
  'listen',
  'admin',
  'model',
  'concurrency',
  'balancers',
  'policy',
  'lane',
  'trustedProxies',
  'drainTimeout',
  'logLevel',
])
const sections: ReadonlySet<string> = new Set(['sticky', 'timeouts', 'limits', 'retry', 'health'])

export const balancer: Command = {
  name: 'balancer',
  usage: 'evenloop balancer --upstream ADDRESS… [flags]',
  summary: 'Run one balancer alone, before loops or servers elsewhere (containers).',
  details:
    'A dns+http address is every address that the name has, followed as it changes. --balancers says how many balancers share the loops, so that each keeps to its part of --concurrency. --admin serves /healthz, /readyz and /metrics; without it nothing does.',
  examples: [
    ['evenloop balancer --upstream http://10.0.0.7:8080 http://10.0.0.8:8080', 'two servers by address'],
    ['evenloop balancer --listen 0.0.0.0:8080 --upstream dns+http://loop-node:8080', 'however many the name has'],
    ['evenloop balancer --upstream http+unix:/run/app/a.sock --policy peak-ewma', 'another policy'],
  ],
  flags: [
    {
      name: '--upstream',
      value: 'ADDRESS',
      isList: true,
      description: 'Where loops serve: http://HOST:PORT, http+unix:PATH or dns+http://NAME:PORT.',
    },
    configFlag,
  ],
  takes: (key) => keys.has(key.path) || (key.section !== undefined && sections.has(key.section)),
  async run(call) {
    const upstreams = call.args.own.get('--upstream') ?? []
    const problems = checkAddresses(
      '--upstream',
      upstreams,
      ['tcp', 'unix', 'dns'],
      'http://HOST:PORT, http+unix:PATH or dns+http://NAME:PORT',
    )
    const [extra] = call.args.positionals
    if (extra !== undefined)
      problems.push({ key: 'APP', source: 'command line', value: extra, accepted: 'no app: a balancer serves what --upstream names' })
    const { settings, origins } = await settingsOf(call, this, { app: 'ignored', problems })
    const { runBalancer } = await import('../../proxy/run.ts')
    await runBalancer({
      id: `balancer-${hostname()}`,
      supervised: false,
      listen: settings.listen,
      upstreams,
      balancers: settings.balancers === 'auto' ? 1 : settings.balancers,
      admin: chosenAdmin(settings, origins),
      settings,
    })
    return undefined
  },
}
