import type { Suite } from '../suites.ts'
import { contentCases } from './plugins-content.ts'
import { formCases } from './plugins-forms.ts'
import { stateCases } from './plugins-state.ts'
import { streamCases } from './plugins-streams.ts'

export const fastifyPlugins: Suite = {
  app: { name: 'fastify-plugins', file: 'test/conformance/apps/fastify-plugins/app.js', kind: 'plugin' },
  cases: [...contentCases, ...formCases, ...stateCases, ...streamCases],
}
