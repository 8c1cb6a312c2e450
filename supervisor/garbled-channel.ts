import { AsyncLocalStorage } from 'node:async_hooks'

const tellOwner = new AsyncLocalStorage<() => void>()

/** Starts a child with an IPC channel; `garbled` is called where something comes over that which is no JSON. */
export const withChannel = <T>(garbled: () => void, start: () => T): T => tellOwner.run(garbled, start)

/**
 * Node parses what comes over an IPC channel, and throws for what is no JSON where nobody can catch it: an app that writes into the wrong
 * descriptor would end the supervisor, and with it the cluster. It does so in the async context in which the child was started.
 * @param error that nobody has caught
 * @returns false where it is something else; else the child's owner has been told
 */
export function isGarbled(error: unknown): boolean {
  const garbled = tellOwner.getStore()
  if (garbled === undefined || !(error instanceof SyntaxError) || error.stack?.includes('parseChannelMessages') !== true) return false
  garbled()
  return true
}
