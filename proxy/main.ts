import type { BalancerOptions } from '../config/roles.ts'
import type { SupervisorToBalancer } from '../core/messages.ts'
import { runBalancer } from './run.ts'

// The supervisor starts this file as a child process, with its orders in one variable.
const orders = process.env['EVENLOOP_CHILD']
if (orders === undefined || process.send === undefined) {
  process.stderr.write('evenloop: this file is started by the supervisor; to run a balancer alone: evenloop balancer --upstream ADDRESS\n')
  process.exit(2)
}

// Ctrl-C in a terminal reaches the whole process group; the supervisor decides who stops when.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

await runBalancer(JSON.parse(orders) as BalancerOptions, {
  send: (message) => {
    // The channel may close between the check and the write; that the supervisor is gone is heard of by 'disconnect'.
    if (process.connected) process.send!(message, undefined, undefined, () => {})
  },
  onMessage: (listener) => process.on('message', (message, handle) => listener(message as SupervisorToBalancer, handle)),
  onClosed: (listener) => process.on('disconnect', listener),
})
process.exit(0)
