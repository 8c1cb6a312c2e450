import { describe, expect, it } from 'vitest'

import type { BalancerDecision, Candidate } from '../core/decision.ts'
import { fakeAdmin, reply } from '../test/support/fake-admin.ts'

const { handlers, admin, run } = fakeAdmin()

const candidate = (loop: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ loop, key: `${loop}.1.1`, inFlight: 0, blocking: 0, limit: 0, latencyMs: 1.26, standing: 'eligible' },
  ...more,
})
const decision: BalancerDecision = {
  ...{ balancer: '0', route: 'GET /users/:id', class: 'async', priority: 'normal', policy: 'least-request' },
  ...{ chosen: '1', reason: 'chosen by the policy', queued: 0 },
  candidates: [
    candidate('10', { standing: 'starting' }),
    candidate('0', { inFlight: 12, limit: 16, utilization: 0.412, delayMs: 11 }),
    candidate('1', { utilization: 0, delayMs: 0.3 }),
    candidate('2', { inFlight: 1, blocking: 1, latencyMs: 250, standing: 'isolated' }),
  ],
}

describe('evenloop explain', () => {
  it('shows the loops, the choice and its reason', async () => {
    handlers()['GET /api/explain?method=GET&path=%2Fusers%2F7'] = (_, res) => reply(res, 200, { decisions: [decision] })
    expect(await run(['explain', '/users/7'])).toEqual({
      code: 0,
      err: '',
      out: [
        'balancer 0  class async  route GET /users/:id  priority normal  policy least-request  queued 0',
        'LOOP  STANDING  IN FLIGHT  BLOCKING  LIMIT  UTILIZATION    DELAY   LATENCY',
        '0     eligible         12         0     16         41 %  11.0 ms    1.3 ms',
        '1     eligible          0         0      –          0 %   0.3 ms    1.3 ms  ← chosen',
        '2     isolated          1         1      –            –        –  250.0 ms',
        '10    starting          0         0      –            –        –    1.3 ms',
        'goes to loop 1: chosen by the policy',
        '',
      ].join('\n'),
    })
  })

  it('takes a method and a key, and shows what each balancer says, or JSON', async () => {
    const { route: _route, chosen: _chosen, ...waits } = decision
    const second = { ...waits, balancer: '1', candidates: [], reason: 'nobody \u001B[2Jcan take it now' }
    handlers()['GET /api/explain?method=POST&path=%2Fa%3Fb%3Dc%26d&key=k'] = (_, res) => reply(res, 200, { decisions: [decision, second] })
    const words = ['explain', 'post', '/a?b=c&d', '--key', 'k']
    const { out } = await run(words)
    expect(out).toMatch(
      /^balancer 0 .*\n\nbalancer 1  class async  route not known .*\nno loops\nwaits: nobody {2}?\[2Jcan take it now\n$/s,
    )
    expect(JSON.parse((await run([...words, '--json'])).out)).toEqual({ decisions: [decision, second] })
  })

  it.each([
    [['explain'], 'evenloop: command line: path is missing; accepted: '],
    [['explain', 'GET'], 'evenloop: command line: path is "GET"; accepted: '],
    [['explain', 'G T', '/x'], 'evenloop: command line: method is "G T"; accepted: '],
    [['explain', 'GET', '/x', '/y'], 'evenloop: command line: "/y" is one argument too many; accepted: '],
  ])('%j is wrong usage', async (words, message) => {
    const { code, out, err } = await run(words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })

  it('passes on what the cluster says where it cannot tell, and knows a stranger', async () => {
    const path = 'GET /api/explain?method=GET&path=%2F'
    handlers()[path] = (_, res) => reply(res, 503, { error: 'UNAVAILABLE', message: 'no balancer is ready' })
    expect(await run(['explain', '/'])).toEqual({ code: 1, out: '', err: 'evenloop: the cluster answers 503: no balancer is ready\n' })
    handlers()[path] = (_, res) => reply(res, 200, {})
    expect((await run(['explain', '/'])).err).toContain(`http://${admin()} answers with HTTP 200, but not as the admin address`)
  })
})
