import assert from 'node:assert/strict'

import { check, until } from './checks.ts'
import { containers, docker, evaluate, published } from './docker.ts'

/** The composed services at rest. */
export async function checkCluster(): Promise<void> {
  await check('a balancer, two loops and Prometheus become healthy', async () => {
    for (const [service, count] of [
      ['proxy', 1],
      ['loop-node', 2],
      ['prometheus', 1],
    ] as const) {
      await until(`${count} healthy ${service}`, () => {
        const ids = containers(service)
        return ids.length === count && ids.every((id) => docker('inspect', '--format', '{{.State.Health.Status}}', id) === 'healthy')
      })
    }
  })

  await check('a request reaches a loop, and the loop learns what the client asked for', async () => {
    const address = published('proxy', 8080)
    const echo = (await (await fetch(`http://${address}/echo?a=1`)).json()) as { headers: Record<string, string> }
    assert.equal(echo.headers['x-forwarded-host'], address)
    assert.ok(echo.headers['x-request-id'])
  })

  await check('requests travel over the link', () => {
    const metrics = evaluate(containers('proxy')[0]!, "fetch('http://127.0.0.1:9400/metrics').then((r) => r.text()).then(console.log)")
    assert.match(metrics, /^evenloop_proxy_requests_total\{.*lane="link".*\} [1-9]/m)
  })

  await check('whoever does not know the secret gets nothing from a loop', () => {
    const ask = "fetch('http://loop-node:7400/').then((r) => console.log('answered', r.status), () => console.log('closed'))"
    assert.equal(evaluate(containers('proxy')[0]!, ask), 'closed')
  })

  for (const service of ['proxy', 'loop-node']) {
    await check(`${service}: not root, no capability, read-only but for /tmp, evenloop itself is PID 1`, () => {
      const script = `
        const fs = require('fs')
        const refused = (path) => { try { fs.writeFileSync(path, ''); return 'written' } catch (error) { return error.code } }
        const status = fs.readFileSync('/proc/1/status', 'utf8')
        console.log(JSON.stringify({
          uid: process.getuid(), root: refused('/app/x'), tmp: refused('/tmp/x'),
          capabilities: /CapBnd:\\s*(\\S+)/.exec(status)[1], noNewPrivileges: /NoNewPrivs:\\s*(\\d)/.exec(status)[1],
          one: fs.readFileSync('/proc/1/cmdline', 'latin1').split('\\0').slice(0, 2),
        }))`
      assert.deepEqual(JSON.parse(evaluate(containers(service)[0]!, script)), {
        uid: 1000,
        root: 'EROFS',
        tmp: 'written',
        capabilities: '0000000000000000',
        noNewPrivileges: '1',
        one: ['node', '/app/dist/cli/main.js'],
      })
    })
  }
}
