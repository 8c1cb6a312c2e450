import { UsageError } from '../../core/errors.ts'

import { adminOf } from '../admin-client.ts'
import { refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, jsonFlag } from '../command.ts'
import { follow } from '../follow.ts'

export const scale: Command = {
  name: 'scale',
  usage: 'evenloop scale N [--json] [--admin HOST:PORT]',
  summary: 'Change the number of loops while the cluster serves.',
  examples: [
    ['evenloop scale 8', 'loops are added, or drained and ended, until there are eight'],
    ['evenloop scale 1 --admin 127.0.0.1:9401', 'of another cluster on this machine'],
  ],
  flags: [jsonFlag, ...clusterFlags],
  async run(call) {
    const { args, terminal } = call
    refuseUnknown(args, this.flags, 'evenloop scale')
    const [text, extra] = args.positionals
    const loops = Number(text)
    if (text === undefined || extra !== undefined || !/^\d+$/.test(text) || loops < 1 || loops > 1024) {
      throw new UsageError(
        `command line: N is ${text === undefined ? 'missing' : args.positionals.join(' ')}; accepted: a whole number from 1 to 1024, for instance "evenloop scale 4"`,
      )
    }
    const client = await adminOf(call)
    const done = await follow(client, terminal, { path: '/api/scale', body: { loops } }, (now) => {
      const ready = now.loops.filter((loop) => loop.state === 'ready').length
      return `scaling to ${loops}: ${ready} ready`
    })
    terminal.out(args.own.has('--json') ? `${JSON.stringify(done)}\n` : `scaled: ${loops} ${loops === 1 ? 'loop serves' : 'loops serve'}\n`)
    return 0
  },
}
