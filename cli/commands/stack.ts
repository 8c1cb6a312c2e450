import { type StackFrame, stackLines } from '../../core/stack.ts'

import { accepted, adminOf } from '../admin-client.ts'
import { refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, jsonFlag, loopOf } from '../command.ts'
import { plainText } from '../plain-text.ts'

export const stack: Command = {
  name: 'stack',
  usage: 'evenloop stack LOOP [--json] [--admin HOST:PORT]',
  summary: 'Show the calls that a loop is in, for one that hangs.',
  details:
    'Stops the loop for a few milliseconds and prints its calls, the innermost first, with file, line and column. It works while a handler holds the loop. One that waits for requests shows the timer that ran next.',
  examples: [
    ['evenloop stack 2', 'where loop 2 is at this moment'],
    ['evenloop stack 2 --json', 'the same for a script'],
  ],
  flags: [jsonFlag, ...clusterFlags],
  async run(call) {
    const { args, terminal } = call
    refuseUnknown(args, this.flags, 'evenloop stack')
    const id = loopOf(args, this.usage)
    const client = await adminOf(call)
    const answer = accepted(await client.post(`/api/loops/${id}/stack`))
    const frames = answer['frames'] as readonly StackFrame[]
    // File and function names are the app's.
    const lines = stackLines(frames).map((line) => `${plainText(line)}\n`)
    terminal.out(args.own.has('--json') ? `${JSON.stringify(answer)}\n` : lines.join(''))
    return 0
  },
}
