import http from 'node:http'

import httpProxy from '@fastify/http-proxy'
import replyFrom from '@fastify/reply-from'

/** A second server in the same process, as apps have that speak to others. */
function startUpstream() {
  const server = http.createServer((req, res) => {
    res.setHeader('X-Upstream', 'yes')
    res.setHeader('Set-Cookie', ['a=1', 'b=2'])
    if (req.url.startsWith('/fail')) return res.writeHead(503, { 'Content-Type': 'text/plain' }).end('failed\n')
    const { host: _host, connection: _connection, 'x-forwarded-host': _given, ...headers } = req.headers
    for (const name of Object.keys(headers)) if (/^x-(forwarded-.*|request-id)$/.test(name)) delete headers[name]
    let body = ''
    req.setEncoding('utf8').on('data', (text) => (body += text))
    req.on('end', () => res.end(JSON.stringify({ method: req.method, url: req.url, headers, body })))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

export async function upstreams(fastify) {
  // While the plugin registers: evenloop must not take it for the app's own.
  const server = await startUpstream()
  fastify.addHook('onClose', async () => server.close())
  const base = () => `http://127.0.0.1:${server.address().port}`

  await fastify.register(async (scope) => {
    await scope.register(replyFrom)
    scope.all('/from/*', (request, reply) => reply.from(base() + request.url.slice('/from'.length)))
    scope.get('/from-rewritten', (_request, reply) =>
      reply.from(`${base()}/rewritten`, { rewriteHeaders: ({ 'x-upstream': _gone, ...rest }) => ({ ...rest, 'x-rewritten': '1' }) }),
    )
    scope.get('/from-nowhere', (_request, reply) => reply.from('http://127.0.0.1:1/'))
  })
  await fastify.register(httpProxy, { upstream: '', prefix: '/proxied', rewritePrefix: '/inner', replyOptions: { getUpstream: base } })
}
