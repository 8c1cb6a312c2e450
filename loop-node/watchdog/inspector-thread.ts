import { Session } from 'node:inspector/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'

import type { InspectorAnswer, InspectorOrder, InspectorWish } from './inspector.ts'
import { takeStack } from './take-stack.ts'

type Wish<What extends InspectorWish['what']> = Extract<InspectorWish, { what: What }>

// The inspector's thread, there from the first order on: Node 20 aborts now and then when a thread ends that has looked into
// the main thread.
parentPort!.on('message', ({ order, wish }: InspectorOrder) => {
  const answer = (result: InspectorAnswer, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(result, transfer)
  const failed = (error: Error): void => answer({ order, error: error.message })
  if (wish.what === 'profile') takeProfile(wish).then((result) => answer({ order, result }, [result.buffer as ArrayBuffer]), failed)
  else if (wish.what === 'stack') takeStack().then((result) => answer({ order, result }), failed)
  else exit().then(() => answer({ order, result: undefined }), failed)
})

async function takeProfile({ seconds, intervalUs, maxLength }: Wish<'profile'>): Promise<Uint8Array> {
  const session = new Session()
  session.connectToMainThread()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: intervalUs })
    await session.post('Profiler.start')
    await sleep(seconds * 1000)
    const { profile } = await session.post('Profiler.stop')
    const text = JSON.stringify(profile)
    if (text.length <= maxLength) return new TextEncoder().encode(JSON.stringify(text))
    throw new Error(`it has ${Math.round(text.length / 1e6)} MB, since its stacks hardly repeat; take a shorter one`)
  } finally {
    session.disconnect()
  }
}

/** The session stays: what waits in the kernel now may return later, and ends then. */
async function exit(): Promise<void> {
  const session = new Session()
  session.connectToMainThread()
  await session.post('Runtime.evaluate', { expression: 'process.exit(1)' })
}
