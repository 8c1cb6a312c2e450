// `npm start`: makes the clone runnable and runs the demo in this same process. A shell between npm and the cluster would
// take a signal for itself and leave the cluster running.
import './prepare.mjs'

process.argv.splice(2, 0, 'start', 'examples/demo/app.js')
await import('../dist/cli/main.js')
