import { setTimeout as sleep } from 'node:timers/promises'

import type { Inspected } from './inspected.ts'

/** How a profile is taken. */
export interface ProfileWish {
  readonly seconds: number
  /** Microseconds between two samples. */
  readonly intervalUs: number
  /** Characters. */
  readonly maxLength: number
}

// Each sample of a recursive app may be a stack of its own, of 255 calls. Memory grows with their number, so a long profile
// takes them further apart.
const maxSamples = 4_000
const leastIntervalUs = 1_000
// What the supervisor can read without being away for long.
const maxLength = 100_000_000

export const profileWish = (seconds: number): ProfileWish => ({
  seconds,
  intervalUs: Math.max(leastIntervalUs, Math.ceil((seconds * 1e6) / maxSamples)),
  maxLength,
})

/**
 * Takes a CPU profile of a thread, also while a handler holds it.
 * @returns the text of a .cpuprofile
 * @throws Error where it is too long, as the rest of a sentence
 */
export async function takeProfile(inspected: Inspected, wish: ProfileWish): Promise<string> {
  try {
    await inspected.post('Profiler.enable')
    await inspected.post('Profiler.setSamplingInterval', { interval: wish.intervalUs })
    await inspected.post('Profiler.start')
    await sleep(wish.seconds * 1000)
    const { profile } = (await inspected.post('Profiler.stop')) as { profile: object }
    const text = JSON.stringify(profile)
    if (text.length <= wish.maxLength) return text
    throw new Error(`it has ${Math.round(text.length / 1e6)} MB, since its stacks hardly repeat; take a shorter one`)
  } finally {
    inspected.disconnect()
  }
}
