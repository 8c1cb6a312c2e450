import type { Socket } from 'node:net'

// As nginx's lingering_close, shorter: a client that has not read its answer by then will not.
const lingerMs = 2_000

const closingKey = Symbol('closing')

/**
 * Lets a connection be closed, after the response now being written, without losing that response. A socket
 * closed while unread bytes of the client lie in it sends a reset, and a reset makes the client's system throw away
 * what it has not read yet: the answer (RFC 9112 9.6). So the write side is closed first and what still comes is
 * dropped for a while.
 */
export function lingeringClose(socket: Socket): void {
  if (isClosing(socket)) return
  Object.assign(socket, { [closingKey]: true })
  // Node calls this when the last response of a connection has been written.
  socket.destroySoon = () => {
    socket.end()
    linger(socket)
  }
}

/** The same, with these bytes as the last that the client gets. */
export function endLingering(socket: Socket, last: string | Uint8Array): void {
  Object.assign(socket, { [closingKey]: true })
  socket.end(last)
  linger(socket)
}

/** True once the last response is decided: what the client still sends is no request any more (RFC 9112 9.6). */
export const isClosing = (socket: Socket): boolean => closingKey in socket

function linger(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('end', () => socket.destroy())
  socket.once('close', () => clearTimeout(timer))
  // Nobody may be reading: without it neither the rest nor the end would be seen.
  socket.resume()
}
