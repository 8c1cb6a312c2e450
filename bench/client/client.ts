import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { Answer, Command } from './commands.ts'

const limitMs = 60_000

/** A client process that has been started. */
export interface Client {
  /** @throws Error when a request failed: what is wrong fast is no result */
  obey(command: Command): Promise<Answer>
  close(): Promise<void>
}

/** Starts a client process for the URL, which every request of it asks. */
export function startClient(url: string): Client {
  const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), [url], { execArgv: ['--import', 'tsx'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    obey: (command) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(new Error('the client process ended'))
        // A request that is never answered would else be waited for as long.
        const limit = setTimeout(() => reject(new Error(`not answered within ${limitMs / 1000} seconds`)), limitMs)
        child.once('exit', ended)
        child.once('message', (answer: Answer) => {
          clearTimeout(limit)
          child.off('exit', ended)
          const { failures } = answer
          if (failures.length > 0) reject(new Error(`${failures.length} requests failed, the first: ${failures[0]}`))
          else resolve(answer)
        })
        child.send(command)
      }),
    close: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
