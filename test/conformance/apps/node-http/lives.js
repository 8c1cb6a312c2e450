import { open, pass } from '../gates.js'

/** What happened to each named request, in order. */
const logs = new Map()

function log(name, line) {
  if (!logs.has(name)) logs.set(name, [])
  logs.get(name).push(line)
}

/** Logs what the app hears of one request; the gate `over-NAME` opens when its response has closed. */
function follow(req, res, name) {
  for (const event of ['aborted', 'end', 'close']) req.on(event, () => log(name, `req ${event}`))
  req.on('error', (error) => log(name, `req error ${error.code}`))
  for (const event of ['finish', 'close']) res.on(event, () => log(name, `res ${event} finished=${res.writableFinished}`))
  res.on('error', (error) => log(name, `res error ${error.code}`))
  // After the turn in which the response closes, which other events share.
  res.on('close', () => setImmediate(() => open(`over-${name}`)))
}

/** How requests live and end. */
export const lives = {
  '/told': async (_req, res, name) => {
    await pass(`over-${name}`)
    res.end(logs.get(name).join('\n'))
  },

  '/normal': (req, res, name) => {
    follow(req, res, name)
    req.on('end', () => res.end('normal\n')).resume()
  },

  '/hangs': (req, res, name) => {
    follow(req, res, name)
    req.resume()
    open(`began-${name}`)
  },

  '/streams': (req, res, name) => {
    follow(req, res, name)
    req.resume()
    res.write('first\n')
  },

  '/reads': (req, res, name) => {
    follow(req, res, name)
    req.once('data', () => open(`began-${name}`))
  },

  '/began': async (_req, res, name) => {
    await pass(`began-${name}`)
    res.end('began\n')
  },

  '/slow': async (_req, res, gate) => {
    await pass(gate)
    res.end(`slow ${gate}\n`)
  },

  '/cut-chunked': (_req, res) => {
    res.write('begun\n', () => setImmediate(() => res.socket.destroy()))
  },

  '/cut-sized': (_req, res) => {
    res.writeHead(200, { 'Content-Length': 1_000 })
    res.write('begun\n', () => setImmediate(() => res.destroy()))
  },

  '/dropped': (req) => req.socket.destroy(),

  '/late-answer': (_req, res) => {
    res.setTimeout(50, () => res.writeHead(504, { 'X-By': 'res.setTimeout' }).end('too late\n'))
  },

  '/late-request': (req, res) => {
    req.setTimeout(50, () => res.writeHead(408, { 'X-By': 'req.setTimeout' }).end('too late\n'))
  },

  '/presses': async (req, res, name) => {
    follow(req, res, name)
    const piece = Buffer.alloc(64 * 1024, 'p')
    for (let i = 0; i < 256; i++) {
      if (res.write(piece)) continue
      open(`full-${name}`)
      await new Promise((resolve) => res.once('drain', resolve))
    }
    res.end()
  },

  '/full': async (_req, res, name) => {
    await pass(`full-${name}`)
    res.end('full\n')
  },

  '/reads-late': async (req, res, gate) => {
    open(`began-${gate}`)
    await pass(gate)
    let bytes = 0
    for await (const chunk of req) bytes += chunk.length
    res.end(`${bytes} bytes\n`)
  },

  // What libraries do with a request's socket.
  '/socket-calls': (req, res) => {
    const { socket } = req
    socket.setNoDelay(true).setKeepAlive(true, 1_000).setTimeout(60_000).ref()
    socket.cork()
    socket.uncork()
    const seen = {
      same: socket === res.socket && socket === req.connection,
      readable: socket.readable,
      writable: socket.writable,
      destroyed: socket.destroyed,
      connecting: socket.connecting,
      readyState: socket.readyState,
      pending: socket.pending,
      timeout: socket.timeout,
      written: typeof socket.bytesWritten,
      server: typeof socket.server?.getConnections,
      address: typeof socket.address(),
      corked: socket.writableCorked,
      stream: typeof socket.pipe,
      res: [res.headersSent, res.writableEnded, res.writable, res.finished, res.sendDate, res.strictContentLength],
      req: [req.complete, req.aborted, req.destroyed, req.readable],
    }
    res.setHeader('X-A', '1')
    res.end(JSON.stringify({ ...seen, names: res.getHeaderNames(), raw: res.getRawHeaderNames?.() ?? ['X-A'] }, null, 1))
  },

  '/socket-write': (_req, res) => {
    res.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-By: hand\r\nConnection: close\r\n\r\nhand')
    res.socket.end()
  },

  '/after-end': (_req, res) => {
    res.end('once\n')
    let message = 'nothing'
    try {
      res.setHeader('X-Late', '1')
    } catch (error) {
      message = error.code
    }
    log('after-end', message)
    res.on('close', () => open('over-after-end'))
  },
}
