import { accepted, adminOf } from '../admin-client.ts'
import { refuseExtra, refuseUnknown } from '../args.ts'
import { clusterFlags, type Command } from '../command.ts'
import { followEnd } from '../follow.ts'

export const stop: Command = {
  name: 'stop',
  usage: 'evenloop stop [--admin HOST:PORT]',
  summary: 'Finish every request, then end the cluster; waits until it is gone.',
  examples: [
    ['evenloop stop', 'as SIGTERM to the supervisor'],
    ['evenloop stop --admin 127.0.0.1:9401', 'another cluster on this machine'],
  ],
  flags: [...clusterFlags],
  async run(call) {
    const { args, terminal } = call
    refuseUnknown(args, this.flags, 'evenloop stop')
    refuseExtra(args.positionals, 0, this.usage)
    const client = await adminOf(call)
    accepted(await client.post('/api/stop'))
    await followEnd(client, terminal, ({ loops, balancers }) => {
      const alive = [...loops, ...balancers].filter((process) => process.state !== 'dead').length
      return `stopping: ${alive} ${alive === 1 ? 'process' : 'processes'} left`
    })
    terminal.out('stopped\n')
    return 0
  },
}
