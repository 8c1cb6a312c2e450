/**
 * Runs the composed services as a user would and tries what only containers can show: DNS discovery while the
 * service is scaled, the hardening, PID 1, and what Prometheus makes of it. Needs Docker with Compose and the base
 * images: `npm run test:containers`. DOCKER_BUILD_ARGS holds options for `docker build` that a machine needs.
 */
import assert from 'node:assert/strict'

import { check, conclude } from './checks.ts'
import { checkCluster } from './cluster-checks.ts'
import { compose, containers, docker } from './docker.ts'
import { checkImage } from './image-checks.ts'
import { checkPrometheus } from './prometheus-checks.ts'
import { checkScaling } from './scaling-checks.ts'

const buildArgs = (process.env['DOCKER_BUILD_ARGS'] ?? '').split(' ').filter((arg) => arg !== '')

try {
  await check('the image builds', () => void docker('build', ...buildArgs, '-f', 'deploy/Dockerfile', '-t', 'evenloop:local', '.'))
  await checkImage()
  if (await check('the services come up', () => void compose('up', '-d', '--no-build', 'proxy', 'loop-node', 'prometheus'))) {
    await checkCluster()
    await checkScaling()
    await checkPrometheus()
    await check('everything stops within the grace period, with exit status 0', stopAll)
  } else console.log(compose('logs', '--tail', '20'))
} finally {
  compose('down', '--volumes', '--remove-orphans', '--timeout', '5')
}
process.exitCode = conclude()

function stopAll(): void {
  const ids = ['proxy', 'loop-node'].flatMap(containers)
  compose('stop', 'proxy', 'loop-node')
  assert.deepEqual(
    ids.map((id) => docker('inspect', '--format', '{{.State.ExitCode}}', id)),
    ids.map(() => '0'),
  )
}
