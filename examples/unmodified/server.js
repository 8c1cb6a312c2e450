import http from 'node:http'

// Knows nothing of evenloop: it opens its own port, as `node server.js` would.
const server = http.createServer((req, res) => {
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ app: 'unmodified', url: req.url, pid: process.pid }))
})

server.listen(3000, () => {
  const { address, port } = server.address()
  console.log(`listening on ${address}:${port}`)
})
