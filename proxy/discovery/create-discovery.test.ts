import { expect, test } from 'vitest'

import { logLines } from '../../test/support/log-lines.ts'
import type { EndpointIdentity } from '../balancing/endpoint.ts'
import { createDiscovery } from './create-discovery.ts'

const { log } = logLines()

test('addresses that were named are endpoints at once, to be probed before they serve', () => {
  const reports: (readonly EndpointIdentity[])[] = []
  createDiscovery(['http://127.0.0.1:3000', 'http+unix:/run/app.sock'], 2, log).start((identities) => reports.push(identities))
  expect(reports).toEqual([
    [
      {
        key: 'http://127.0.0.1:3000',
        loop: 'http://127.0.0.1:3000',
        address: { lane: 'http', kind: 'tcp', host: '127.0.0.1', port: 3000 },
        node: false,
        cap: 2,
        state: 'starting',
      },
      {
        key: 'http+unix:/run/app.sock',
        loop: 'http+unix:/run/app.sock',
        address: { lane: 'http', kind: 'unix', path: '/run/app.sock' },
        node: false,
        cap: 2,
        state: 'starting',
      },
    ],
  ])
})

test('named addresses and a name are one set', async () => {
  const discovery = createDiscovery(['dns+http://localhost:3001', 'http://127.0.0.1:3000'], 0, log)
  const keys = await new Promise<string[]>((resolve) => {
    discovery.start((identities) => {
      if (identities.length > 1) resolve(identities.map(({ key }) => key))
    })
  })
  discovery.stop()
  expect(keys[0]).toBe('http://127.0.0.1:3000')
  expect(keys.slice(1).every((key) => key.endsWith(':3001'))).toBe(true)
})

test('behind a link address is a loop of ours, which its link shows to be ready', () => {
  const reports: (readonly EndpointIdentity[])[] = []
  createDiscovery(['link+tcp://10.0.0.1:7400', 'link+unix:/run/a.sock'], 0, log).start((identities) => reports.push(identities))
  expect(reports[0]).toMatchObject([
    { key: 'link+tcp://10.0.0.1:7400', address: { lane: 'link', kind: 'tcp' }, node: true, state: 'starting' },
    { key: 'link+unix:/run/a.sock', address: { lane: 'link', kind: 'unix' }, node: true, state: 'starting' },
  ])
})

test('what is no address is refused with what is accepted', () => {
  expect(() => createDiscovery(['localhost'], 0, log)).toThrow('--upstream is localhost; accepted: link+unix:PATH')
})
