import { type Command, configFlag } from '../command.ts'
import { settingsOf } from '../settings.ts'

export const start: Command = {
  name: 'start',
  usage: 'evenloop start [APP] [flags]',
  summary: 'Serve an app on one event loop per core, behind the balancer.',
  details:
    'APP is a JavaScript or TypeScript module that exports a Fastify plugin, a Fastify instance, a (req, res) listener or an http.Server, or a program that calls .listen() itself. SIGTERM and SIGINT finish every request and stop; SIGHUP reloads.',
  examples: [
    ['evenloop start app.js', 'every core, on http://127.0.0.1:8080'],
    ['evenloop start server.ts --loops 2 --listen 0.0.0.0:3000', 'two loops, for every interface'],
    ["evenloop start --command 'uvicorn main:app --uds {socket}'", 'a server in another language'],
    ['evenloop start --config evenloop.config.yaml', 'everything from a file'],
  ],
  flags: [configFlag],
  takes: () => true,
  async run(call) {
    const { settings } = await settingsOf(call, this, { app: 'required', positionals: call.args.positionals })
    const { runSupervisor } = await import('../../supervisor/run.ts')
    return await runSupervisor(settings)
  },
}
