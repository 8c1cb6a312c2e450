import { type BalancerDecision, readDecisionQuery } from '../../core/decision.ts'
import { UsageError } from '../../core/errors.ts'

import { adminOf } from '../admin-client.ts'
import { refuseExtra, refuseUnknown } from '../args.ts'
import { clusterFlags, type Command, jsonFlag } from '../command.ts'
import { decisionLines } from '../decision-table.ts'

export const explain: Command = {
  name: 'explain',
  usage: 'evenloop explain [METHOD] PATH [--key K] [--json] [--admin HOST:PORT]',
  summary: 'Show which loop a request would go to now, and why.',
  details:
    'Nothing is sent to the app: each balancer says what it knows of the route, what stands for and against each loop, and which it would choose. The admin address may also be that of a balancer that runs alone.',
  examples: [
    ['evenloop explain /users/7', 'a GET'],
    ['evenloop explain POST /reports', 'another method'],
    ['evenloop explain /cart --key 6f1c0de5', 'of a client that sticks to a loop by this cookie, header or address'],
  ],
  flags: [
    { name: '--key', value: 'K', description: 'What makes the request stick to one loop, where the policy is rendezvous.' },
    jsonFlag,
    ...clusterFlags,
  ],
  async run(call) {
    const { args, terminal } = call
    refuseUnknown(args, this.flags, 'evenloop explain')
    refuseExtra(args.positionals, 2, this.usage)
    const [first, second] = args.positionals
    const asked = second === undefined ? { path: first } : { method: first, path: second }
    const query = readDecisionQuery({ ...asked, key: args.own.get('--key')?.at(-1) })
    if (typeof query === 'string') throw new UsageError(`command line: ${query}; ${this.usage}`)
    const client = await adminOf(call)
    const decisions = await client.explain(query)
    terminal.out(args.own.has('--json') ? `${JSON.stringify({ decisions }, null, 2)}\n` : `${textOf(decisions, terminal.hasColours)}\n`)
    return 0
  },
}

const textOf = (decisions: readonly BalancerDecision[], hasColours: boolean): string =>
  decisions.map((decision) => decisionLines(decision, hasColours).join('\n')).join('\n\n')
