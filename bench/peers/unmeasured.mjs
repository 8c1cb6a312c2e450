import diagnostics from 'node:diagnostics_channel'
import { syncBuiltinESMExports } from 'node:module'

import { Occupancy } from '../../dist/loop-node/measure/occupancy.js'

// Preloaded into a cluster: its loops do not measure what holds them. Only to see what measuring costs.
for (const name of ['enter', 'leave', 'responds', 'over', 'routed', 'tick']) Occupancy.prototype[name] = () => undefined
const { subscribe } = diagnostics
diagnostics.subscribe = (channel, listener) => (channel === 'fastify.initialization' ? undefined : subscribe(channel, listener))
syncBuiltinESMExports()
