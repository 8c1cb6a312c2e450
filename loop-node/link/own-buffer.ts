import net, { type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Takes what was read, `bytes[0, count)`, which is valid during the call. */
export type Read = (bytes: Buffer, count: number) => void

// What Node itself reads at once.
const readBytes = 64 * 1024

interface Internals {
  _handle: object | null
  /** The server that counts it. */
  _server: net.Server | null
}

/**
 * Reads a link into memory that is used again. Node gives every read 64 KiB of its own, and a link that carries one
 * request at a time pays more for that, garbage collector and all, than for the request's head. `onread` avoids it; it
 * is an option of new sockets only, so the connection moves to a new one. A TLS connection stays as it is.
 * @returns the socket that has the connection from now on
 */
export function readIntoOwnBuffer(socket: Socket, read: Read): Socket {
  const old = socket as unknown as Internals
  const handle = old._handle
  if (handle === null || handle === undefined || socket instanceof TLSSocket) {
    socket.on('data', (bytes: Buffer) => read(bytes, bytes.length))
    return socket
  }
  const onread = {
    // One for the whole life of the link. Node would take another one after each read, but where a listener of the app throws
    // and the process survives it, it reads into the old memory and gives us the new.
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback: (count: number, bytes: Buffer) => {
      read(bytes, count)
      return true
    },
  }
  const next = new net.Socket({ handle, allowHalfOpen: true, onread } as unknown as net.SocketConstructorOpts)
  // The server waits for the connections that it counts before it says that it has closed.
  ;(next as unknown as Internals)._server = old._server
  old._server = null
  old._handle = null
  socket.destroy()
  return next
}
