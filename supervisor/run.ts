import { fileURLToPath } from 'node:url'

import type { Settings } from '../config/schema.ts'
import { isGarbled } from './garbled-channel.ts'
import { supervise } from './supervise.ts'

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Runs the whole cluster in this process's name until SIGTERM, SIGINT or `evenloop stop`.
 * @returns the exit status
 * @throws RunError where it cannot start, with cause and remedy
 */
export async function runSupervisor(settings: Settings): Promise<number> {
  // Whoever reads the ready line may be gone by then; that must not end a cluster.
  process.stdout.on('error', () => {})
  process.on('uncaughtException', (error) => {
    if (!isGarbled(error)) throw error
  })
  return supervise(settings, {
    env: process.env,
    programs: {
      loop: program('../loop-node/main.js'),
      host: program('../loop-node/threads/main.js'),
      balancer: program('../proxy/main.js'),
    },
    onSignal: (signal, action) => void process.on(signal, action),
    print: (line) => void process.stdout.write(`${line}\n`),
  })
}
