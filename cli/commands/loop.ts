import { hostname } from 'node:os'

import { concurrencyCap } from '../../config/concurrency.ts'
import { ConfigError } from '../../core/errors.ts'

import { type Command, configFlag } from '../command.ts'
import { chosenAdmin, checkAddresses, refuseLane } from '../role-flags.ts'
import { settingsOf } from '../settings.ts'

const keys: ReadonlySet<string> = new Set([
  'app',
  'kind',
  'options',
  'concurrency',
  'command',
  'admin',
  'startTimeout',
  'drainTimeout',
  'blockLimit',
  'trustedProxies',
  'logLevel',
  'link.secret',
  'link.cert',
  'link.key',
])

const forms = 'link+tcp://HOST:PORT, link+unix:PATH, http://HOST:PORT or http+unix:PATH'

export const loop: Command = {
  name: 'loop',
  usage: 'evenloop loop APP --serve ADDRESS… [flags]',
  summary: 'Run one loop alone, for a balancer elsewhere (containers).',
  details:
    'A link address serves the loop link, and plain HTTP beside it. Over TCP the link wants a secret that balancers know too: EVENLOOP_LINK_SECRET. On SIGTERM the loop tells the balancers that it drains, finishes every request and ends. --admin serves /healthz, /readyz and /metrics; without it nothing does.',
  examples: [
    ['evenloop loop app.js --serve link+tcp://0.0.0.0:7400', 'for a balancer on another host'],
    ['evenloop loop app.js --serve link+unix:/run/app/a.sock --id a', 'for one on this host'],
    ['evenloop loop app.js --serve http://0.0.0.0:8080 --admin 0.0.0.0:9400', 'plain HTTP, with health and metrics'],
  ],
  flags: [
    { name: '--serve', value: 'ADDRESS', isList: true, description: `Where to serve: ${forms}.` },
    { name: '--id', value: 'NAME', description: 'Its name in logs and metrics; otherwise the host name.' },
    configFlag,
  ],
  takes: (key) => keys.has(key.path) || key.section === 'health',
  async run(call) {
    const serve = call.args.own.get('--serve') ?? []
    const problems = checkAddresses('--serve', serve, ['tcp', 'unix'], forms)
    const { settings, origins } = await settingsOf(call, this, { app: 'required', positionals: call.args.positionals, problems })
    if (settings.command !== undefined) {
      const wrong = refuseLane('--serve', serve, 'link', 'http+unix:PATH or http://HOST:PORT for a command, which does not speak the link')
      if (wrong.length > 0) throw new ConfigError(wrong)
    }
    const { runLoop } = await import('../../loop-node/run.ts')
    const id = call.args.own.get('--id')?.at(-1) ?? hostname()
    const publicAddress = serve.find((address) => /^(http|link\+tcp):/.test(address))?.replace(/^.*:\/\//, '')
    // As the supervisor sets it for its loops.
    process.env['EVENLOOP_LOOP_ID'] = id
    // The app has no use for it, and must not hand it to programs that it starts.
    delete process.env['EVENLOOP_LINK_SECRET']
    const [admin, concurrency] = [chosenAdmin(settings, origins), concurrencyCap(settings)]
    await runLoop({ id, generation: 1, supervised: false, threads: 1, concurrency, serve, publicAddress, admin, settings })
    return undefined
  },
}
