import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { lingeringClose } from './lingering-close.ts'

/**
 * A response on a connection that Node's server has let go of, as it does at every upgrade. The connection ends with the
 * response.
 */
export function detachedResponse(req: IncomingMessage, socket: Socket): ServerResponse {
  const res = new http.ServerResponse(req)
  res.assignSocket(socket)
  res.shouldKeepAlive = false
  lingeringClose(socket)
  // Node's server passes this on for its own connections only: without it a body would stop at a client's first pause.
  socket.on('drain', () => res.emit('drain'))
  res.on('finish', () => socket.destroySoon())
  socket.on('close', () => res.destroyed || res.destroy())
  return res
}
