// The app on a port, as a program that a process manager runs: PORT=0 [APP=./other-app.mjs] node listening-app.mjs
const { default: app } = await import(process.env.APP ?? './app.mjs')

const fastify = app()
await fastify.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
console.log(`ready http://127.0.0.1:${fastify.server.address().port}`)
