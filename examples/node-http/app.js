/** The smallest app there is: a function of `node:http`. */
export default function app(req, res) {
  const body = JSON.stringify({ app: 'node-http', method: req.method, url: req.url, loop: process.env.EVENLOOP_LOOP_ID, pid: process.pid })
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  res.end(body)
}
