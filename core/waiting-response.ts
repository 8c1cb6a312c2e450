import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Calls back when the connection goes away from under a response that still waits for those before it (pipelining). Node
 * emits `close` on the one response that has the connection, and on none behind it.
 */
export function onLostInLine(req: IncomingMessage, res: ServerResponse, lost: () => void): void {
  if (res.socket !== null) return
  const { socket } = req
  // As many wait as the client has sent.
  socket.setMaxListeners(0)
  socket.once('close', lost)
  res.once('close', () => socket.off('close', lost))
}
