import { hostname } from 'node:os'

import { ConfigError } from '../../core/errors.ts'

import { type Command, configFlag } from '../command.ts'
import { chosenAdmin, checkAddresses, refuseLane } from '../role-flags.ts'
import { settingsOf } from '../settings.ts'

const keys: ReadonlySet<string> = new Set([
  'listen',
  'admin',
  'model',
  'concurrency',
  'balancers',
  'policy',
  'slowStart',
  'routes',
  'lane',
  'trustedProxies',
  'drainTimeout',
  'logLevel',
  'link.secret',
  'link.ca',
])

const forms = 'link+tcp://HOST:PORT, link+unix:PATH, dns+link://NAME:PORT, http://HOST:PORT, http+unix:PATH or dns+http://NAME:PORT'

const sections: ReadonlySet<string> = new Set(['sticky', 'isolation', 'rateLimit', 'timeouts', 'limits', 'retry', 'health', 'accessLog'])

export const balancer: Command = {
  name: 'balancer',
  usage: 'evenloop balancer --upstream ADDRESS… [flags]',
  summary: 'Run one balancer alone, before loops or servers elsewhere (containers).',
  details:
    'A link address is a loop that evenloop runs, an http address any server. A dns+ address is every address that the name has, followed as it changes. --balancers says how many balancers share the loops, so that each keeps to its part of --concurrency and --rate-limit-requests. --admin serves /healthz, /readyz, /metrics and what evenloop explain asks; without it nothing does.',
  examples: [
    ['evenloop balancer --upstream http://10.0.0.7:8080 http://10.0.0.8:8080', 'two servers by address'],
    ['evenloop balancer --listen 0.0.0.0:8080 --upstream dns+link://loop-node:7400', 'however many the name has'],
    ['evenloop balancer --upstream link+unix:/run/app/a.sock --policy peak-ewma', 'another policy'],
  ],
  flags: [
    {
      name: '--upstream',
      value: 'ADDRESS',
      isList: true,
      description: `Where loops serve: ${forms}.`,
    },
    configFlag,
  ],
  takes: (key) => keys.has(key.path) || (key.section !== undefined && sections.has(key.section)),
  async run(call) {
    const upstreams = call.args.own.get('--upstream') ?? []
    const problems = checkAddresses('--upstream', upstreams, ['tcp', 'unix', 'dns'], forms)
    const [extra] = call.args.positionals
    if (extra !== undefined)
      problems.push({ key: 'APP', source: 'command line', value: extra, accepted: 'no app: a balancer serves what --upstream names' })
    const { settings, origins } = await settingsOf(call, this, { app: 'ignored', problems })
    if (settings.lane === 'link') {
      const wrong = refuseLane(
        '--upstream',
        upstreams,
        'http',
        'link+tcp://, link+unix: or dns+link:// addresses, since lane is link; lane auto takes both',
      )
      if (wrong.length > 0) throw new ConfigError(wrong)
    }
    const { runBalancer } = await import('../../proxy/run.ts')
    await runBalancer({
      id: `balancer-${hostname()}`,
      supervised: false,
      listen: settings.listen,
      upstreams,
      balancers: settings.balancers === 'auto' ? 1 : settings.balancers,
      admin: chosenAdmin(settings, origins),
      outputFd: 1,
      settings,
    })
    return undefined
  },
}
