// The app on a port, as a program that a process manager runs: PORT=0 node listening-app.mjs
import app from './app.mjs'

const fastify = app()
await fastify.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
console.log(`ready http://127.0.0.1:${fastify.server.address().port}`)
