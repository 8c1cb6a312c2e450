import type { BalancerOptions } from '../config/roles.ts'
import { RunError } from '../core/errors.ts'
import type { SupervisorToBalancer } from '../core/messages.ts'
import { runBalancer } from './run.ts'
import type { Channel } from './supervised.ts'

// The supervisor starts this file as a child process, with its orders in one variable.
const orders = process.env['EVENLOOP_CHILD']
if (orders === undefined || process.send === undefined) {
  process.stderr.write('evenloop: this file is started by the supervisor; to run a balancer alone: evenloop balancer --upstream ADDRESS\n')
  process.exit(2)
}

// Ctrl-C in a terminal reaches the whole process group; the supervisor decides who stops when.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

const channel: Channel = {
  send: (message) => {
    // The channel may close between the check and the write; that the supervisor is gone is heard of by 'disconnect'.
    if (process.connected) process.send!(message, undefined, undefined, () => {})
  },
  onMessage: (listener) => process.on('message', (message, handle) => listener(message as SupervisorToBalancer, handle)),
  onClosed: (listener) => process.on('disconnect', listener),
}

try {
  await runBalancer(JSON.parse(orders) as BalancerOptions, channel)
  process.exit(0)
} catch (error) {
  if (!(error instanceof RunError)) throw error
  // The supervisor tells the operator, and ends this process once it has heard.
  channel.send({ type: 'failed', error: { message: error.message } })
  channel.onClosed(() => process.exit(1))
}
