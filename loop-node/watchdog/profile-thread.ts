import { Session } from 'node:inspector/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'

import type { ProfileOrder, ProfileResult } from './profile.ts'

// The profiler's thread, there from the first profile on: Node 20 aborts now and then when a thread ends that has looked into
// the main thread.
parentPort!.on('message', ({ order, seconds, intervalUs, maxLength }: ProfileOrder) => {
  profile(seconds, intervalUs, maxLength).then(
    (bytes) => parentPort!.postMessage({ order, bytes } satisfies ProfileResult, [bytes.buffer as ArrayBuffer]),
    (error: Error) => parentPort!.postMessage({ order, error: error.message } satisfies ProfileResult),
  )
})

async function profile(seconds: number, intervalUs: number, maxLength: number): Promise<Uint8Array> {
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
