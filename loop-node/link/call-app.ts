import type { VirtualSocket } from './virtual-socket.ts'

/**
 * Calls what may run listeners of the app, in the context of its request. One that throws must not cost the frames behind
 * this one: it surfaces as it would, a moment later.
 */
export function callApp<T>(call: (socket: VirtualSocket, given: T) => void, socket: VirtualSocket, given: T): void {
  try {
    if (socket.scope === undefined) call(socket, given)
    else socket.scope.runInAsyncScope(call, undefined, socket, given)
  } catch (error) {
    process.nextTick(raise, error)
  }
}

function raise(error: unknown): never {
  throw error
}
