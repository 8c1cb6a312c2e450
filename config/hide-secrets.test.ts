import { expect, test } from 'vitest'

import { hideSecrets } from './hide-secrets.ts'
import { loadSettings } from './load.ts'

const secret = 'correct horse battery staple'

test('settings are shown without the secret of the link, whose place still tells that there is one', async () => {
  const { settings } = await loadSettings({ flags: [], env: { EVENLOOP_LINK_SECRET: secret }, cwd: import.meta.dirname, app: 'optional' })
  const shown = hideSecrets(settings)
  expect(shown.link).toEqual({ secret: '***' })
  expect(JSON.stringify(shown)).not.toContain(secret)
  expect(settings.link.secret).toBe(secret)
})

test('where there is no secret none is shown', async () => {
  const { settings } = await loadSettings({ flags: [], env: {}, cwd: import.meta.dirname, app: 'optional' })
  expect(hideSecrets(settings)).toEqual(settings)
})
