import { relative, resolve } from 'node:path'

import { findAdmin } from '../../config/admin-access.ts'
import { systemWallClock } from '../../core/sources.ts'
import { readVersion } from '../../core/version.ts'
import { workloadFor } from '../compare/workload.ts'
import { type LabProgram, needLinux, runLabProgram, thisMachine } from '../engine/lab-program.ts'
import { demoApp } from '../engine/package-root.ts'

import { adminReader } from './admin-reader.ts'
import { adviseByObserving, adviseByRunning, type Setting } from './advise.ts'
import type { Advice } from './advice.ts'
import { adviceText } from './advice-text.ts'
import { advisePage } from './advise-page.ts'
import { type AdviseOptions, readOptions } from './options.ts'

// What `evenloop advise` starts: node main.js [APP] [flags]
await runLabProgram('advise', async (program) => {
  const options = readOptions(process.argv.slice(2))
  const startedAt = new Date(systemWallClock.now()).toISOString()
  const setting: Setting = { version: readVersion(), startedAt, machine: thisMachine(), ...options }
  const advice = await (options.observe ? observed : run)(options, setting, program)
  program.deliver(options, { value: advice, page: () => advisePage(advice), text: () => adviceText(advice) })
})

async function run({ app, config, workload }: AdviseOptions, setting: Setting, { tell, signal }: LabProgram): Promise<Advice> {
  needLinux('advise')
  const path = app === undefined ? demoApp : resolve(app)
  const bench = { app: path, config, cwd: process.cwd(), env: process.env, pid: process.pid, tell, signal }
  return await adviseByRunning(
    bench,
    { shown: app ?? 'demo', written: app ?? relative(process.cwd(), demoApp) },
    workloadFor(workload, app, process.cwd()),
    setting,
  )
}

async function observed({ config, admin, adminToken }: AdviseOptions, setting: Setting, { tell, signal }: LabProgram): Promise<Advice> {
  const access = await findAdmin({ addressFlag: admin, tokenFlag: adminToken, configFile: config, env: process.env, cwd: process.cwd() })
  tell(`observing the cluster at ${access.address} for ${setting.pace.seconds} s`)
  return await adviseByObserving(adminReader(access), { app: access.address, signal }, setting)
}
