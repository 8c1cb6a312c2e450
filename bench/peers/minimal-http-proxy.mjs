// The smallest reverse proxy that http-proxy allows, with a keep-alive agent: node minimal-http-proxy.mjs SOCKET
import http from 'node:http'
import httpProxy from 'http-proxy'

const proxy = httpProxy.createProxyServer({
  target: { socketPath: process.argv[2] },
  agent: new http.Agent({ keepAlive: true }),
})
const server = http.createServer((req, res) => proxy.web(req, res))
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`))
