import { describe, expect, it } from 'vitest'

import { fakeAdmin, idle, reply } from '../test/support/fake-admin.ts'

const { handlers, admin, run } = fakeAdmin()
const token = 'correct-horse-battery'

const guard = (): void => {
  for (const path of ['GET /api/status', 'GET /api/events', 'POST /api/reload?wait=1', 'POST /api/stop', 'POST /api/loops/0/profile']) {
    handlers()[path] = (req, res) => {
      if (req.headers.authorization === `Bearer ${token}`) reply(res, 200, idle)
      else reply(res, 401, { error: 'UNAUTHORIZED', message: 'no' })
    }
  }
}

describe('a cluster that asks for a token', () => {
  it.each(['status', 'status --watch', 'reload', 'stop', 'profile 0'])(
    'is not entered by %s without one, and the user hears how to give it',
    async (words) => {
      guard()
      const { code, err } = await run(words.split(' '))
      expect(code).toBe(1)
      expect(err.split('\n').at(-2)).toBe(
        `evenloop: the cluster at http://${admin()} asks for its admin token; give it by EVENLOOP_ADMIN_TOKEN, --admin-token or adminToken in the configuration file; one that was not chosen is in its log`,
      )
    },
  )

  it('is entered with it, by flag and by variable', async () => {
    guard()
    expect((await run(['status', '--admin-token', token])).code).toBe(0)
    expect((await run(['status'], { env: { EVENLOOP_ADMIN_TOKEN: token } })).code).toBe(0)
    expect((await run(['status', `--admin-token=${token}`], { env: { EVENLOOP_ADMIN_TOKEN: 'another' } })).code).toBe(0)
  })

  it('says which token was wrong, and never shows it', async () => {
    guard()
    const { code, err } = await run(['status'], { env: { EVENLOOP_ADMIN_TOKEN: 'not-this-one' } })
    expect(code).toBe(1)
    expect(err).toContain(`evenloop: the token of EVENLOOP_ADMIN_TOKEN is not that of the cluster at http://${admin()}; give its own by`)
    expect(err).not.toContain('not-this-one')
  })

  it('says that it has heard too many', async () => {
    handlers()['GET /api/status'] = (_, res) => reply(res, 429, { error: 'TOO_MANY_GUESSES', message: 'no' })
    const { err } = await run(['status', '--admin-token', token])
    expect(err).toBe(`evenloop: the cluster at http://${admin()} has heard too many wrong tokens from here; wait a minute\n`)
  })
})
