import type { FastifyPluginAsync } from 'fastify'

interface Task {
  readonly id: number
  readonly title: string
}

const schema = {
  body: {
    type: 'object',
    required: ['title'],
    additionalProperties: false,
    properties: { title: { type: 'string', minLength: 1, maxLength: 200 } },
  },
}

/** A Fastify plugin in TypeScript: evenloop loads it as it is, without a build. */
const tasks: FastifyPluginAsync = async (fastify) => {
  fastify.get('/', async () => ({ app: 'fastify-ts', loop: process.env['EVENLOOP_LOOP_ID'], pid: process.pid }))

  fastify.get<{ Params: { id: number } }>(
    '/tasks/:id',
    { schema: { params: { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } } } },
    async ({ params: { id } }): Promise<Task> => ({ id, title: `task ${id}` }),
  )

  fastify.post<{ Body: Pick<Task, 'title'> }>('/tasks', { schema }, async ({ body }, reply): Promise<Task> => {
    reply.code(201)
    return { id: body.title.length, title: body.title }
  })
}

export default tasks
