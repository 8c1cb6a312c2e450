// The app in one worker of node:cluster, with its default of round-robin: node node-cluster.mjs
import cluster from 'node:cluster'

if (cluster.isPrimary) cluster.fork()
else await import('./listening-app.mjs')
