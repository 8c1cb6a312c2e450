import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Contestant, Need } from './contestant.ts'
import { progress } from './progress.ts'

const run = promisify(execFile)
const peers = fileURLToPath(new URL('peers', import.meta.url))

// Once for a run of the benchmark, whoever asks.
const known = new Map<Need, Promise<string | undefined>>()

/** Why a contestant cannot take part; undefined where it can. Packages are installed when first needed. */
export async function missing({ needs = [] }: Contestant): Promise<string | undefined> {
  for (const need of needs) {
    if (!known.has(need)) known.set(need, need === 'peers' ? installPeers() : find(need))
    const reason = await known.get(need)
    if (reason !== undefined) return reason
  }
  return undefined
}

async function find(command: 'nginx' | 'haproxy'): Promise<string | undefined> {
  try {
    await run(command, ['-v'])
    return undefined
  } catch {
    return `${command} is not installed; on Debian and Ubuntu: apt-get install ${command}`
  }
}

async function installPeers(): Promise<string | undefined> {
  const done = `${peers}/node_modules/.package-lock.json`
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(`${peers}/package-lock.json`).mtimeMs) return undefined
  progress('installing the packages of bench/peers, some 350 MB')
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', peers], { cwd: peers })
    return undefined
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    return `npm ci in bench/peers failed: ${stderr.split('\n').find((line) => line.startsWith('npm error')) ?? String(error)}`
  }
}
