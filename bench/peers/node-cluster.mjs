// The app in workers of node:cluster, with its default of round-robin: [WORKERS=4] node node-cluster.mjs
import cluster from 'node:cluster'

if (cluster.isPrimary) for (let i = 0; i < Number(process.env.WORKERS ?? 1); i++) cluster.fork()
else await import('./listening-app.mjs')
