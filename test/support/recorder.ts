import net from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * A lenient upstream: it takes every blank line for the end of a request and answers each, whatever it is
 * (`GET /switch` by 101, all else by 200). It keeps exactly the bytes that it gets, by connection, so that a test can read them by the strict rules.
 */
export interface Recorder {
  readonly port: number
  /** The bytes of each connection since the last forget(), as Latin-1 text; probes left out. */
  connections(): string[]
  /** Forgets what has arrived; connections stay open. */
  forget(): void
  close(): Promise<void>
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok'
const switching = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'

/** Starts one on a free port. */
export async function startRecorder(): Promise<Recorder> {
  const recorded: { bytes: string; forgotten: number }[] = []
  const open = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    const connection = { bytes: '', forgotten: 0 }
    let answered = 0
    recorded.push(connection)
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      connection.bytes += chunk.toString('latin1')
      for (let end = connection.bytes.indexOf('\r\n\r\n', answered); end !== -1; end = connection.bytes.indexOf('\r\n\r\n', answered)) {
        answered = end + 4
        const bytes = connection.bytes.startsWith('GET /switch ') ? switching : answer
        // Not before a body sent along can have arrived: what becomes of a body after its answer is a test of its own.
        setTimeout(() => socket.write(bytes), 10)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () =>
      recorded
        .filter(({ bytes }) => !bytes.startsWith('OPTIONS * HTTP/1.1\r\n'))
        .map(({ bytes, forgotten }) => bytes.slice(forgotten))
        .filter((bytes) => bytes !== ''),
    forget: () => {
      for (const connection of recorded) connection.forgotten = connection.bytes.length
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
