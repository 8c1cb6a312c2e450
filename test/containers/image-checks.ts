import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { check, until } from './checks.ts'
import { docker, evaluate } from './docker.ts'

/** The image alone: its content, and its default command as the whole cluster in one hardened container. */
export async function checkImage(): Promise<void> {
  await check('the image holds no development packages and runs as a user with a number', () => {
    assert.equal(docker('image', 'inspect', '--format', '{{.Config.User}}', 'evenloop:local'), '1000:1000')
    const left = docker(
      'run',
      '--rm',
      '--entrypoint',
      'node',
      'evenloop:local',
      '-e',
      "console.log(['typescript','vitest','oxlint'].filter((name) => require('fs').existsSync('node_modules/' + name)).join())",
    )
    assert.equal(left, '')
  })

  await check('the image is little more than its base, and holds nothing that only a developer needs', () => {
    const size = (image: string): number => Number(docker('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6
    const base = /^FROM (\S+)$/m.exec(readFileSync('deploy/Dockerfile', 'utf8'))![1]!
    const added = size('evenloop:local') - size(base)
    console.log(`        ${added.toFixed(1)} MB over ${base}`)
    assert.ok(added < 32, `${added.toFixed(1)} MB over its base`)
    const find =
      "const files = require('fs').readdirSync('.', { recursive: true }).filter((f) => /\\.(map|d\\.[mc]?ts|test\\.[jt]s)$|(^|\\/)(test|tests|docs)$/.test(f)); console.log(files.join())"
    assert.equal(docker('run', '--rm', '--entrypoint', 'node', 'evenloop:local', '-e', find), '')
  })

  const container = docker(
    'run',
    '-d',
    '--read-only',
    '--tmpfs',
    '/tmp',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    'evenloop:local',
  )
  try {
    await check('alone it is the whole cluster, healthy on a read-only file system', async () => {
      await until('the ready line', () => docker('logs', container).includes('evenloop ready: http://'))
      await until('health', () => docker('inspect', '--format', '{{.State.Health.Status}}', container) === 'healthy')
      assert.match(evaluate(container, "fetch('http://127.0.0.1:8080').then((r) => r.text()).then(console.log)"), /"hello":"world"/)
    })
    await check('PID 1 replaces a loop that was killed and leaves no zombie', async () => {
      evaluate(
        container,
        "fetch('http://127.0.0.1:9400/api/status').then((r) => r.json()).then(({ loops }) => process.kill(loops[0].pid, 'SIGKILL'))",
      )
      const replaced =
        "fetch('http://127.0.0.1:9400/api/status').then((r) => r.json()).then(({ loops }) => console.log(loops.every((l) => l.state === 'ready') && loops.some((l) => l.restarts === 1)))"
      await until('the restart', () => evaluate(container, replaced) === 'true')
      const zombies =
        "const fs = require('fs'); console.log(fs.readdirSync('/proc').filter((p) => /^\\d+$/.test(p)).filter((p) => / Z /.test(fs.readFileSync('/proc/' + p + '/stat', 'latin1'))).length)"
      assert.equal(evaluate(container, zombies), '0')
    })
    await check('docker stop ends it in time with exit status 0', () => {
      docker('stop', '--time', '40', container)
      assert.equal(docker('inspect', '--format', '{{.State.ExitCode}}', container), '0')
    })
  } finally {
    docker('rm', '--force', container)
  }
}
