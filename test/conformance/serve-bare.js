import http from 'node:http'
import { pathToFileURL } from 'node:url'

import fastify from 'fastify'

// Serves an app as its author would without evenloop, on a free port that it prints.
const [, , kind, file] = process.argv

const announce = (server) => console.log(`http://127.0.0.1:${server.address().port}`)

if (kind === 'program') {
  const listen = http.Server.prototype.listen
  // The port that the program asks for may be taken on this machine.
  http.Server.prototype.listen = function (_port, ...rest) {
    this.once('listening', () => announce(this))
    return listen.call(this, 0, '127.0.0.1', ...rest.filter((each) => typeof each === 'function'))
  }
}

const loaded = await import(pathToFileURL(file).href)
const app = loaded.default

if (kind === 'plugin') {
  const instance = fastify({ logger: false, requestIdHeader: 'x-request-id' })
  instance.register(app)
  await instance.listen({ host: '127.0.0.1', port: 0 })
  announce(instance.server)
} else if (kind === 'listener') {
  const server = app instanceof http.Server ? app : http.createServer(typeof app === 'function' ? app : app.callback())
  server.listen(0, '127.0.0.1', () => announce(server))
}
