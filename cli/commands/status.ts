import { RunError } from '../../core/errors.ts'

import { adminOf } from '../admin-client.ts'
import { refuseExtra, refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, jsonFlag } from '../command.ts'
import { statusLines } from '../status-table.ts'
import { watchStatus } from '../watch.ts'

export const status: Command = {
  name: 'status',
  usage: 'evenloop status [--watch] [--json] [--admin HOST:PORT]',
  summary: 'Show what every loop and balancer of the running cluster does.',
  examples: [
    ['evenloop status', 'once, as a table'],
    ['evenloop status --watch', 'live; q or Ctrl-C ends it'],
    ['evenloop status --json | jq .loops[].utilization', 'for scripts'],
  ],
  flags: [{ name: '--watch', description: 'Go on, with a new status each second.' }, jsonFlag, ...clusterFlags],
  async run(call) {
    const { args, terminal } = call
    refuseUnknown(args, this.flags, 'evenloop status')
    refuseExtra(args.positionals, 0, this.usage)
    const client = await adminOf(call)
    const asJson = args.own.has('--json')
    if (args.own.has('--watch')) {
      if (await watchStatus(client, terminal, asJson)) return 0
      throw new RunError(`the cluster at ${client.url} went away`)
    }
    const now = await client.status()
    terminal.out(asJson ? `${JSON.stringify(now, null, 2)}\n` : `${statusLines(now, undefined, terminal.hasColours).join('\n')}\n`)
    return 0
  },
}
