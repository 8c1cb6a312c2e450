import type { LoopOptions } from '../../config/roles.ts'
import type { HostToSupervisor, SupervisorToHost } from '../../core/thread-messages.ts'
import { HostedThread } from './hosted-thread.ts'

// A process of several loops, each in a thread. It ends when its supervisor has gone and they have.
const threads = new Map<number, HostedThread>()

const say = (message: HostToSupervisor, sent?: () => void): void => {
  if (process.connected) process.send!(message, undefined, undefined, () => sent?.())
  else if (sent !== undefined) setImmediate(sent)
}

function obey(order: SupervisorToHost): void {
  const { thread } = order
  if (order.type === 'start') {
    const options = order.options as LoopOptions
    threads.set(thread, new HostedThread({ number: thread, options, env: process.env, say, onEnded: () => threads.delete(thread) }))
  } else if (order.type === 'tell') threads.get(thread)?.tell(order.message)
  else if (order.type === 'look') threads.get(thread)?.look(order.message)
  else threads.get(thread)?.end()
}

if (process.send === undefined) {
  process.stderr.write('evenloop: this file is started by the supervisor; use `evenloop start APP --threads N`\n')
  process.exitCode = 2
} else {
  // Ctrl-C reaches every process of a terminal; the supervisor says what is to be done.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  process.on('message', (order: SupervisorToHost) => obey(order))
  process.on('disconnect', () => {
    for (const thread of threads.values()) thread.lost()
  })
}
