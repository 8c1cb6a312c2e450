import type { Suite } from '../suites.ts'
import { bodyCases } from './node-http-bodies.ts'
import { headCases } from './node-http-heads.ts'
import { lifeCases } from './node-http-lives.ts'

export const nodeHttp: Suite = {
  app: { name: 'node-http', file: 'test/conformance/apps/node-http/app.js', kind: 'listener' },
  cases: [...headCases, ...bodyCases, ...lifeCases],
}
