import { bytesText } from '../amounts.ts'
import { adminOf } from '../admin-client.ts'
import { refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, loopOf, outFlag } from '../command.ts'
import { Progress } from '../progress.ts'
import { saveFile } from '../save-file.ts'

const mebibyte = 1_048_576

export const heapSnapshot: Command = {
  name: 'heap-snapshot',
  usage: 'evenloop heap-snapshot LOOP [--out FILE] [--admin HOST:PORT]',
  summary: 'Write down everything that a loop holds in memory.',
  details:
    'Writes a .heapsnapshot, which the developer tools of Chrome open. The loop answers nothing while V8 walks its heap, and needs about as much memory again.',
  examples: [
    ['evenloop heap-snapshot 0', 'of loop 0'],
    ['evenloop heap-snapshot 0 --out before.heapsnapshot', 'into a file of that name'],
  ],
  flags: [outFlag, ...clusterFlags],
  async run(call) {
    const { args, terminal, cwd } = call
    refuseUnknown(args, this.flags, 'evenloop heap-snapshot')
    const id = loopOf(args, this.usage)
    const client = await adminOf(call)
    const progress = new Progress(terminal)
    try {
      progress.show(`waiting for the heap snapshot of loop ${id}`)
      const response = await client.download(`/api/loops/${id}/heap-snapshot`)
      // By whole mebibytes: elsewhere than on a terminal each text is a line.
      const onBytes = (bytes: number): void => {
        if (terminal.showsProgress) progress.show(`heap snapshot of loop ${id}: ${Math.floor(bytes / mebibyte)} MiB`)
      }
      const { path, bytes } = await saveFile(response, { out: args.own.get('--out')?.at(-1), cwd, onBytes })
      progress.end()
      terminal.out(`${path}: ${bytesText(bytes)}\n`)
    } finally {
      progress.end()
    }
    return 0
  },
}
