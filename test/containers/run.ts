/**
 * Runs the composed services as a user would and tries what only containers can show: DNS discovery while the
 * service is scaled, the hardening, PID 1, k6 in a container, and what Prometheus makes of it all. Needs Docker with Compose and the base
 * images: `npm run test:containers`. DOCKER_BUILD_ARGS holds options for `docker build` that a machine needs.
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'

import { parse } from 'yaml'

import { check, conclude } from './checks.ts'
import { checkCluster } from './cluster-checks.ts'
import { compose, containers, docker, results } from './docker.ts'
import { checkImage } from './image-checks.ts'
import { checkLoad } from './load-checks.ts'
import { checkPrometheus } from './prometheus-checks.ts'
import { checkScaling } from './scaling-checks.ts'

const buildArgs = (process.env['DOCKER_BUILD_ARGS'] ?? '').split(' ').filter((arg) => arg !== '')

try {
  await check('docker-compose.yml is valid with and without k6: fixed versions, limits, and no privileges', checkCompose)
  await check('the image builds', () => void docker('build', ...buildArgs, '-f', 'deploy/Dockerfile', '-t', 'evenloop:local', '.'))
  await checkImage()
  if (await check('the services come up', () => void compose('up', '-d', '--no-build', 'proxy', 'loop-node', 'prometheus'))) {
    await checkCluster()
    await checkScaling()
    await checkLoad()
    await checkPrometheus()
    await check('everything stops within the grace period, with exit status 0', stopAll)
  } else console.log(compose('logs', '--tail', '20'))
} finally {
  compose('--profile', 'load', 'down', '--volumes', '--remove-orphans', '--timeout', '5')
  rmSync(results, { recursive: true, force: true })
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

function checkCompose(): void {
  compose('config', '--quiet')
  const { services } = parse(compose('--profile', 'load', 'config')) as { services: Record<string, Record<string, unknown>> }
  assert.deepEqual(Object.keys(services).sort(), ['grafana', 'k6', 'loop-node', 'prometheus', 'proxy'])
  for (const [name, { image, profiles, mem_limit, cpus, read_only, cap_drop, ...service }] of Object.entries(services)) {
    assert.match(String(image), /:(local|v?\d+\.\d+\.\d+)$/, name)
    assert.deepEqual(profiles, name === 'k6' ? ['load'] : undefined)
    assert.ok(mem_limit && cpus && service['pids_limit'], `${name} has no limits`)
    assert.deepEqual({ read_only, cap_drop }, { read_only: true, cap_drop: ['ALL'] }, name)
    assert.ok(name === 'k6' || service['healthcheck'], `${name} has no health check`)
  }
}
