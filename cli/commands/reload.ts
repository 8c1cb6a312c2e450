import type { ClusterStatus } from '../../core/status.ts'

import { adminOf } from '../admin-client.ts'
import { refuseExtra, refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, jsonFlag } from '../command.ts'
import { follow } from '../follow.ts'

export const reload: Command = {
  name: 'reload',
  usage: 'evenloop reload [--json] [--admin HOST:PORT]',
  summary: 'Replace the loops one by one with new code; nothing is dropped.',
  details:
    'Each new loop serves before the old one drains. If the new code does not become ready, the reload stops, says why, and the old code goes on serving (exit status 1).',
  examples: [
    ['evenloop reload', 'after a new version of the app was put in place'],
    ['evenloop reload --admin 127.0.0.1:9401', 'of another cluster on this machine'],
  ],
  flags: [jsonFlag, ...clusterFlags],
  async run(call) {
    const { args, terminal } = call
    refuseUnknown(args, this.flags, 'evenloop reload')
    refuseExtra(args.positionals, 0, this.usage)
    const client = await adminOf(call)
    const done = await follow(client, terminal, { path: '/api/reload' }, describeReload)
    terminal.out(args.own.has('--json') ? `${JSON.stringify(done)}\n` : `reloaded: generation ${String(done['generation'])} serves\n`)
    return 0
  },
}

function describeReload({ reload: { state, generation }, loops }: ClusterStatus): string {
  if (state !== 'running') return 'reloading'
  const ids = new Set(loops.map((loop) => loop.id))
  const replaced = new Set(loops.filter((loop) => loop.generation === generation && loop.state === 'ready').map((loop) => loop.id))
  return `reloading: ${replaced.size} of ${ids.size} loops run generation ${generation}`
}
