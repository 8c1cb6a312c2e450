// @fastify/http-proxy as its documentation starts it, undici and all: node fastify-http-proxy.mjs UPSTREAM
import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'

const fastify = Fastify({ keepAliveTimeout: 0 })
fastify.register(httpProxy, { upstream: process.argv[2] })
await fastify.listen({ host: '127.0.0.1', port: 0 })
console.log(`ready http://127.0.0.1:${fastify.server.address().port}`)
