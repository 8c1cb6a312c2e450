import { createHash } from 'node:crypto'
import http from 'node:http'

// What only a server of the app's own can decide: bodies held back, other protocols than WebSocket by hand, time-outs.
const server = http.createServer((req, res) => {
  let bytes = 0
  req.on('data', (chunk) => (bytes += chunk.length))
  req.on('end', () => res.end(JSON.stringify({ method: req.method, bytes, expect: req.headers.expect ?? null })))
})

server.on('checkContinue', (req, res) => {
  if (req.url === '/refused') return res.writeHead(403, { 'X-By': 'checkContinue' }).end('keep it\n')
  if (req.url === '/hinted') res.writeEarlyHints({ link: '</a.css>; rel=preload' })
  res.writeContinue()
  server.emit('request', req, res)
})

server.on('upgrade', (req, socket, head) => {
  if (req.url === '/refused')
    return socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\nX-By: upgrade\r\nConnection: close\r\n\r\nno\n')
  const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nX-Early: ${head.length}\r\n\r\n`,
  )
  // Not the WebSocket protocol: whatever bytes come are sent back, as a tunnel must let them be.
  socket.write(head)
  socket.pipe(socket)
})

export default server
