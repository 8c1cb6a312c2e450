// The app on a unix socket, as the upstream of other proxies: node app-server.mjs SOCKET
import app from './app.mjs'

await app().listen({ path: process.argv[2] })
console.log('ready')
