import { parentPort } from 'node:worker_threads'

import { inspectMainThread } from './inspected.ts'
import type { InspectorAnswer, InspectorOrder } from './inspector.ts'
import { takeProfile } from './take-profile.ts'
import { takeStack } from './take-stack.ts'

// The inspector's thread, there from the first order on: Node 20 aborts now and then when a thread ends that has looked into
// the main thread.
parentPort!.on('message', ({ order, wish }: InspectorOrder) => {
  const answer = (result: InspectorAnswer, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(result, transfer)
  const failed = (error: Error): void => answer({ order, error: error.message })
  if (wish.what === 'profile')
    takeProfile(inspectMainThread(), wish).then((text) => {
      const result = new TextEncoder().encode(JSON.stringify(text))
      answer({ order, result }, [result.buffer])
    }, failed)
  else if (wish.what === 'stack') takeStack(inspectMainThread()).then((result) => answer({ order, result }), failed)
  else exit().then(() => answer({ order, result: undefined }), failed)
})

/** The session stays: what waits in the kernel now may return later, and ends then. */
async function exit(): Promise<void> {
  await inspectMainThread().post('Runtime.evaluate', { expression: 'process.exit(1)' })
}
