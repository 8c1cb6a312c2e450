import { asks, json } from '../case.ts'
import { patternBytes } from '../files.ts'
import { canRun } from '../../support/installed.ts'
import type { Suite } from '../suites.ts'
import type { Mask } from '../transcript.ts'

// The interpreter that has Debian's packages python3-uvicorn and python3-fastapi.
const python = '/usr/bin/python3'
const processId: Mask = [/"pid":\d+/g, '"pid":0']
const masks = [processId]

/** Every app in examples/. */
export const exampleSuites: readonly Suite[] = [
  {
    app: { name: 'examples/demo', file: 'examples/demo/app.js', kind: 'plugin' },
    masks: [
      processId,
      [/Process \d+/g, 'Process 0'],
      [/"rounds":\d+/g, '"rounds":0'],
      [/,"x-(forwarded|request)-[a-z]+":"[^"]*"/g, ''],
      [/,"connection":"[^"]*"/g, ''],
    ],
    cases: [
      asks('the front page', [200, '/'], [200, { path: '/', fields: [['Accept', 'text/html,*/*;q=0.8']] }]),
      asks('work', [200, '/io?ms=1'], [200, '/cpu?ms=1'], [200, '/block?ms=1'], [400, '/io?ms=-1'], [400, '/cpu?ms=x']),
      asks('streams', [200, '/stream?n=3&ms=1'], [200, '/sse?n=3&ms=1'], [400, '/sse?n=-1']),
      asks(
        'an upload',
        [200, { method: 'POST', path: '/upload', body: patternBytes(2 * 1024 * 1024) }],
        [200, { method: 'POST', path: '/upload', chunks: ['one', 'two'] }],
      ),
      asks(
        'echoes',
        [200, '/echo?a=1'],
        [200, { method: 'PUT', path: '/echo', fields: [['Content-Type', 'text/plain']], body: 'body' }],
        [404, '/nowhere'],
      ),
      asks('the WebSocket route without an upgrade', [404, '/ws']),
    ],
  },
  {
    app: { name: 'examples/express', file: 'examples/express/app.js', kind: 'listener' },
    masks,
    cases: [asks('its routes', [200, '/'], [200, json('/sum', { numbers: [1, 2] })], [400, json('/sum', {})], [404, '/nowhere'])],
  },
  {
    app: { name: 'examples/fastify-ts', file: 'examples/fastify-ts/app.ts', kind: 'plugin' },
    masks,
    cases: [
      asks(
        'its routes',
        [200, '/'],
        [200, '/tasks/7'],
        [400, '/tasks/0'],
        [201, json('/tasks', { title: 'write' })],
        [400, json('/tasks', {})],
      ),
    ],
  },
  {
    app: { name: 'examples/node-http', file: 'examples/node-http/app.js', kind: 'listener' },
    masks,
    cases: [
      asks('any path and method', [200, '/any/path?q=1'], [200, { method: 'DELETE', path: '/' }], [200, { method: 'HEAD', path: '/' }]),
    ],
  },
  {
    app: { name: 'examples/unmodified', file: 'examples/unmodified/server.js', kind: 'program' },
    masks,
    cases: [asks('any path', [200, '/here'], [200, { method: 'POST', path: '/there', body: 'x' }])],
  },
  {
    app: {
      name: 'examples/python-fastapi',
      directory: 'examples/python-fastapi',
      command: `${python} -m uvicorn --uds {socket} app:app`,
      bare: [python, '-m', 'uvicorn', '--port', '0', 'app:app'],
    },
    runs: canRun(python, '-c', 'import uvicorn, fastapi'),
    masks,
    cases: [
      asks('its routes', [200, '/'], [200, '/io?ms=1'], [422, '/io?ms=x'], [404, '/nowhere'], [405, { method: 'DELETE', path: '/io' }]),
      asks(
        'an upload',
        [200, { method: 'POST', path: '/upload', body: patternBytes(1024 * 1024) }],
        [200, { method: 'POST', path: '/upload', chunks: ['one', 'two'] }],
      ),
    ],
  },
]
