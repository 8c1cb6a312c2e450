import { hostname } from 'node:os'

import { type Command, configFlag } from '../command.ts'
import { chosenAdmin, checkAddresses } from '../role-flags.ts'
import { settingsOf } from '../settings.ts'

const keys: ReadonlySet<string> = new Set([
  'app',
  'kind',
  'options',
  'command',
  'admin',
  'startTimeout',
  'drainTimeout',
  'trustedProxies',
  'logLevel',
])

export const loop: Command = {
  name: 'loop',
  usage: 'evenloop loop APP --serve ADDRESS… [flags]',
  summary: 'Run one loop alone, for a balancer elsewhere (containers).',
  details:
    'On SIGTERM it tells the balancers that it drains, finishes every request and ends. --admin serves /healthz, /readyz and /metrics; without it nothing does.',
  examples: [
    ['evenloop loop app.js --serve http://0.0.0.0:8080', 'for a balancer on another host'],
    ['evenloop loop app.js --serve http+unix:/run/app/a.sock --id a', 'for one on this host'],
    ['evenloop loop app.js --serve http://0.0.0.0:8080 --admin 0.0.0.0:9400', 'with health and metrics'],
  ],
  flags: [
    { name: '--serve', value: 'ADDRESS', isList: true, description: 'Where to serve: http://HOST:PORT or http+unix:PATH.' },
    { name: '--id', value: 'NAME', description: 'Its name in logs and metrics; otherwise the host name.' },
    configFlag,
  ],
  takes: (key) => keys.has(key.path) || key.section === 'health',
  async run(call) {
    const serve = call.args.own.get('--serve') ?? []
    const problems = checkAddresses('--serve', serve, ['tcp', 'unix'], 'http://HOST:PORT or http+unix:PATH')
    const { settings, origins } = await settingsOf(call, this, { app: 'required', positionals: call.args.positionals, problems })
    const { runLoop } = await import('../../loop-node/run.ts')
    const id = call.args.own.get('--id')?.at(-1) ?? hostname()
    const publicAddress = serve.find((address) => address.startsWith('http://'))?.slice('http://'.length)
    // As the supervisor sets it for its loops.
    process.env['EVENLOOP_LOOP_ID'] = id
    await runLoop({ id, generation: 1, supervised: false, serve, publicAddress, admin: chosenAdmin(settings, origins), settings })
    return undefined
  },
}
