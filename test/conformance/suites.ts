import type { Case } from './case.ts'
import { exampleSuites } from './cases/examples.ts'
import { express } from './cases/express.ts'
import { fastifyCore } from './cases/fastify-core.ts'
import { fastifyPlugins } from './cases/fastify-plugins.ts'
import { httpServer } from './cases/http-server.ts'
import { koa } from './cases/koa.ts'
import { nodeHttp } from './cases/node-http.ts'
import type { AppUnderTest } from './targets.ts'
import type { Mask } from './transcript.ts'

/** One app with everything that is asked of it. */
export interface Suite {
  readonly app: AppUnderTest
  readonly cases: readonly Case[]
  readonly masks?: readonly Mask[]
  /** False where this machine cannot run it. */
  readonly runs?: boolean
}

export const suites: readonly Suite[] = [nodeHttp, httpServer, fastifyCore, fastifyPlugins, express, koa, ...exampleSuites]
