import { relative, resolve } from 'node:path'

import { systemWallClock } from '../../core/sources.ts'
import { readVersion } from '../../core/version.ts'
import { needLinux, runLabProgram, thisMachine } from '../engine/lab-program.ts'
import { demoApp } from '../engine/package-root.ts'
import { comparePage } from '../report/compare-page.ts'

import { comparisonText } from './comparison-text.ts'
import { readOptions } from './options.ts'
import { runComparison } from './run-comparison.ts'
import { workloadFor } from './workload.ts'

// What `evenloop compare` starts: node main.js [APP] [flags]
await runLabProgram('compare', async (program) => {
  needLinux('compare')
  const options = readOptions(process.argv.slice(2))
  const { app, config, workload } = options
  const { tell, signal } = program
  const path = app === undefined ? demoApp : resolve(app)
  const comparison = await runComparison(options, {
    bench: { app: path, config, cwd: process.cwd(), env: process.env, pid: process.pid, tell, signal },
    workload: workloadFor(workload, app, process.cwd()),
    // As whoever runs the command by hand from here would write it.
    appName: app ?? relative(process.cwd(), demoApp),
    version: readVersion(),
    startedAt: new Date(systemWallClock.now()).toISOString(),
    machine: thisMachine(),
  })
  program.deliver(options, { value: comparison, page: () => comparePage(comparison), text: () => comparisonText(comparison) })
  // Whoever waits for it should know that it is not whole.
  if (signal.aborted) process.exitCode = 1
})
