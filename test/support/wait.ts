import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it.
 * @throws Error saying what was waited for, with the last failure if there was one
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const end = performance.now() + limitMs
  let failure: unknown
  while (performance.now() < end) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      failure = error
    }
    await delay(20)
  }
  throw new Error(`waited ${limitMs} ms in vain for ${what}`, { cause: failure })
}
