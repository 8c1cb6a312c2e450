// The app on a unix socket, as the upstream of other proxies: [APP=./other-app.mjs] node app-server.mjs SOCKET
const { default: app } = await import(process.env.APP ?? './app.mjs')

// A connect to a unix socket whose backlog is full fails at once, and Node's 511 are fewer than a proxy may open.
await app().listen({ path: process.argv[2], backlog: 4096 })
console.log('ready')
