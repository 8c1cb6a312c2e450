/** Answers whose heads are the point. */
export const heads = {
  '/plain': (_req, res) => res.end('plain\n'),

  '/empty': (_req, res) => res.end(),

  '/implicit': (_req, res) => {
    res.setHeader('X-One', '1')
    res.setHeader('x-Two', ['a', 'b'])
    res.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2; HttpOnly'])
    res.setHeader('X-Gone', 'gone')
    res.removeHeader('x-gone')
    res.appendHeader?.('X-One', '2')
    res.statusCode = 202
    res.statusMessage = 'Taken Along'
    res.end('implicit\n')
  },

  '/flat': (_req, res) => {
    res.writeHead(200, [
      'Content-Type',
      'text/plain',
      'X-Dup',
      'one',
      'x-dup',
      'two',
      'Set-Cookie',
      'a=1',
      'Set-Cookie',
      'b=2',
      'X-Empty',
      '',
    ])
    res.end('flat\n')
  },

  '/reason': (_req, res) => res.writeHead(299, 'Quite~Fine (really)').end('reason\n'),

  '/status': (_req, res, status) => res.writeHead(Number(status), { 'X-Status': status }).end(),

  '/not-modified': (_req, res) => res.writeHead(304, { ETag: '"abc"', 'Content-Length': '1234', 'Cache-Control': 'max-age=5' }).end(),

  '/no-date': (_req, res) => {
    res.sendDate = false
    res.end('no date\n')
  },

  '/own-date': (_req, res) =>
    res.writeHead(200, { 'X-Date': 'Mon, 01 Jan 2024 00:00:00 GMT', Date: 'Mon, 01 Jan 2024 00:00:00 GMT' }).end('own date\n'),

  '/large-head': (_req, res, kib) => {
    for (let i = 0; i < Number(kib); i++) res.setHeader(`X-Part-${i}`, `${i}`.padEnd(1_000, '.'))
    res.end('large\n')
  },

  '/latin1': (_req, res) =>
    res.writeHead(200, { 'X-Name': 'caf\u00e9', 'Content-Disposition': 'attachment; filename="\u00e4.txt"' }).end('latin1\n'),

  '/hop': (_req, res) =>
    res.writeHead(200, { 'Proxy-Authenticate': 'Basic realm="a"', Via: '1.1 app', Upgrade: 'h2c', 'X-Kept': '1' }).end('hop\n'),

  '/close': (_req, res) => res.writeHead(200, { Connection: 'close' }).end('close\n'),

  '/hints': (_req, res) => {
    res.writeEarlyHints({ link: ['</style.css>; rel=preload; as=style', '</app.js>; rel=preload; as=script'], 'x-trace': 'one' })
    res.writeEarlyHints({ link: '</late.css>; rel=preload; as=style' })
    res.end('hints\n')
  },

  '/processing': (_req, res) => {
    res.writeProcessing()
    res.end('processed\n')
  },

  '/seen': (req, res) => {
    const headers = Object.fromEntries(Object.entries(req.headers).filter(([name]) => !isBalancers(name)))
    const body = { method: req.method, url: req.url, httpVersion: req.httpVersion, headers: sorted(headers) }
    res.setHeader('Content-Type', 'application/json')
    res.end(JSON.stringify(body, null, 1))
  },

  '/raw-seen': (req, res) => {
    const raw = []
    for (let i = 0; i < req.rawHeaders.length; i += 2)
      if (!isBalancers(req.rawHeaders[i])) raw.push(`${req.rawHeaders[i]}: ${req.rawHeaders[i + 1]}`)
    res.end(raw.join('\n'))
  },

  '/distinct-seen': (req, res) => {
    const distinct = Object.fromEntries(Object.entries(req.headersDistinct).filter(([name]) => !isBalancers(name)))
    res.end(JSON.stringify(sorted(distinct), null, 1))
  },

  '/socket': (req, res) => {
    const { remoteAddress, remoteFamily, encrypted = false } = req.socket
    res.end(JSON.stringify({ remoteAddress, remoteFamily, encrypted, hasPort: req.socket.remotePort > 0 }))
  },
}

// What a balancer says to an app, and what it says of its own connection.
const isBalancers = (name) => /^(x-forwarded-.*|x-request-id|connection|keep-alive)$/i.test(name)

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
