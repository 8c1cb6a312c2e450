import { Session } from 'node:inspector/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Inspected } from '../watchdog/inspected.ts'

// Threads that live are told of at once.
const foundMs = 1_000

interface Answer {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/**
 * A thread that this one has started, looked into by the inspector's domain NodeWorker. It works while the thread is held by
 * JavaScript too.
 * @throws Error as the rest of a sentence, where there is no such thread
 */
export async function inspectThread(threadId: number): Promise<Inspected> {
  const session = new Session()
  session.connect()
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let listeners: ((method: string, params: unknown) => void)[] = []
  let asked = 0
  const found = new Promise<string>((resolve) =>
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      // Its workerId counts those that this session has found, in no order.
      if (workerInfo.title.startsWith(`[worker ${threadId}]`)) resolve(sessionId)
    }),
  )
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  const sessionId = await Promise.race([found, sleep(foundMs)])
  if (sessionId === undefined) {
    session.disconnect()
    throw new Error('its thread has ended')
  }
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    if (params.sessionId !== sessionId) return
    const { id, method, params: given, result, error } = JSON.parse(params.message) as Answer
    if (id === undefined) {
      for (const listener of listeners) listener(method ?? '', given)
      return
    }
    const { resolve, reject } = waiting.get(id)!
    waiting.delete(id)
    if (error === undefined) resolve(result)
    else reject(new Error(error.message))
  })
  return {
    post: (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++asked
        waiting.set(id, { resolve, reject })
        void session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify({ id, method, params }) }).catch(reject)
      }),
    onEvent: (listener) => void listeners.push(listener),
    disconnect: () => {
      listeners = []
      session.disconnect()
    },
  }
}
