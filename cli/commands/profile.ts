import { UsageError } from '../../core/errors.ts'

import { bytesText } from '../amounts.ts'
import { adminOf } from '../admin-client.ts'
import { refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, loopOf, outFlag } from '../command.ts'
import { Progress } from '../progress.ts'
import { saveFile } from '../save-file.ts'

export const profile: Command = {
  name: 'profile',
  usage: 'evenloop profile LOOP [--seconds N] [--out FILE] [--admin HOST:PORT]',
  summary: 'Record what a loop does with its CPU, for some seconds.',
  details:
    'Writes a .cpuprofile, which the developer tools of Chrome and VS Code open. The loop goes on serving, somewhat slower meanwhile.',
  examples: [
    ['evenloop profile 0', 'ten seconds of loop 0'],
    ['evenloop profile 2 --seconds 30 --out slow.cpuprofile', 'thirty of loop 2, into a file of that name'],
  ],
  flags: [{ name: '--seconds', value: 'N', description: 'How long, 1 to 60. [10]' }, outFlag, ...clusterFlags],
  async run(call) {
    const { args, terminal, cwd } = call
    refuseUnknown(args, this.flags, 'evenloop profile')
    const id = loopOf(args, this.usage)
    const seconds = secondsOf(args.own.get('--seconds')?.at(-1))
    const client = await adminOf(call)
    const progress = new Progress(terminal)
    try {
      progress.show(`profiling loop ${id} for ${seconds} s`)
      const response = await client.download(`/api/loops/${id}/profile`, { seconds })
      const { path, bytes } = await saveFile(response, { out: args.own.get('--out')?.at(-1), cwd, onBytes: () => {} })
      progress.end()
      terminal.out(`${path}: ${bytesText(bytes)}\n`)
    } finally {
      progress.end()
    }
    return 0
  },
}

function secondsOf(text = '10'): number {
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > 60) throw new UsageError(`command line: --seconds is ${text}; accepted: a whole number from 1 to 60`)
  return seconds
}
