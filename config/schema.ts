import { Type, type Static } from 'typebox'

import { defaultAdmin } from './defaults.ts'
import { count, countOr, literal, strict } from './fields.ts'
import { Autoscale, Loops } from './loops.ts'
import { Isolation, RateLimit, Routes } from './traffic-schema.ts'
import { Duration, Size } from './units.ts'

/**
 * Everything an operator may say, once: types, defaults, validation, `--help`, and the JSON Schema for editors
 * all come from here. Every limit has a default.
 */

export const policyNames = ['least-request', 'round-robin', 'p2c', 'peak-ewma', 'rendezvous'] as const
export type PolicyName = (typeof policyNames)[number]

export const Timeouts = Type.Object(
  {
    connect: Duration({ default: 2_000, description: 'How long a connection to a loop may take; then another loop is tried.' }),
    response: Duration({ default: 60_000, description: 'How long a loop may take until the first byte of its response; then 504.' }),
    idle: Duration({
      default: 60_000,
      description:
        'How long a body may stand still in either direction; then the exchange is cut. An SSE stream needs a comment line more often than this.',
    }),
    request: Duration({ default: 0, description: 'How long a whole exchange may take; 0 sets no end, so that streams can last.' }),
    headers: Duration({ default: 10_000, description: 'How long a client may take to send the request header; then 408.' }),
    body: Duration({ default: 30_000, description: 'How long a client may pause inside a request body; then 408.' }),
    keepAlive: Duration({ default: 75_000, description: 'How long an idle client connection is kept open.' }),
    queue: Duration({ default: 10_000, description: 'How long a request may wait for a loop that can take it; then 503.' }),
    tunnel: Duration({ default: 0, description: 'How long an upgraded connection (WebSocket) may be silent; 0 sets no end.' }),
  },
  strict,
)

export const Limits = Type.Object(
  {
    headerBytes: Size({ default: 16_384, minimum: 1_024, description: 'The largest request header; then 431.' }),
    headerCount: count({ default: 100, minimum: 8, maximum: 2_000, description: 'The largest number of header fields; then 431.' }),
    urlBytes: Size({ default: 8_192, minimum: 64, description: 'The longest request target; then 414.' }),
    bodyBytes: Size({ default: 0, description: 'The largest request body; then 413. 0 leaves it to the app.' }),
    connections: count({
      default: 10_000,
      minimum: 1,
      description: 'Client connections of one balancer; further ones are closed at once and counted.',
    }),
    queue: count({
      default: 1_000,
      description: 'Requests of one balancer that may wait for a loop, those of blocking routes counted apart; further ones get 503.',
    }),
    queueDelay: Duration({
      default: 300,
      description:
        'How long a request may wait in a queue that grows, or four times what a request takes where that is longer; then 503. A queue that is being worked off does not grow. 0 leaves it to timeouts.queue.',
    }),
    loopDelay: Duration({
      default: 50,
      description:
        'A loop that stands so late behind its events is given fewer requests at once, where concurrency is auto; the others wait in the queue. 0 sets no such limit.',
    }),
    replayBytes: Size({
      default: 65_536,
      description: 'How much of a request body is kept until the loop has begun the request, so that it can be given to another loop.',
    }),
  },
  strict,
)

export const Retry = Type.Object(
  {
    attempts: count({
      default: 3,
      minimum: 1,
      maximum: 10,
      description: 'How many loops a request is tried on in all, where repeating it is safe.',
    }),
    budget: Type.Number({
      default: 0.2,
      minimum: 0,
      maximum: 1,
      description: 'Retries as a share of requests over the last ten seconds; a failing cluster is not made worse by repeats.',
    }),
    reserve: count({ default: 100, description: 'Retries that are always allowed in ten seconds, so that a quiet cluster can retry too.' }),
  },
  strict,
)

export const Health = Type.Object(
  {
    path: Type.Optional(
      Type.String({
        pattern: '^/',
        accepts: 'a path that starts with /',
        description: 'A path that must answer 2xx or 3xx before a loop serves, and while it does.',
      }),
    ),
    interval: Duration({ default: 1_000, minimum: 50, description: 'Time between two probes of an endpoint.' }),
    timeout: Duration({
      default: 5_000,
      minimum: 10,
      description: 'How long a probe may take. A busy loop answers late: only a refused or failed probe counts as gone.',
    }),
    failures: count({ default: 3, minimum: 1, description: 'Failed probes in a row until an endpoint is held unhealthy.' }),
    successes: count({ default: 1, minimum: 1, description: 'Good probes in a row until it is held healthy again.' }),
    ejectAfter: count({
      default: 5,
      minimum: 1,
      description: 'Failed requests in a row (no connection, cut off, timed out) until an endpoint is ejected.',
    }),
    ejectFor: Duration({
      default: 5_000,
      description: 'How long an endpoint is ejected the first time; each further time as much again, up to ten times.',
    }),
    ejectMax: Type.Number({
      default: 0.5,
      minimum: 0,
      maximum: 1,
      description: 'The largest share of endpoints that may be ejected at once; beyond it they serve (fail open).',
    }),
  },
  strict,
)

export const Sticky = Type.Object(
  {
    by: literal(['cookie', 'header', 'address'], {
      default: 'cookie',
      description: 'What makes requests stick to one loop under the policy rendezvous.',
    }),
    name: Type.String({
      default: 'evenloop',
      minLength: 1,
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
      accepts: 'letters, digits and - _ . (an HTTP token)',
      description: 'The name of the cookie or header. A missing cookie is set by the balancer.',
    }),
  },
  strict,
)

const pemFile = (description: string) => Type.Optional(Type.String({ minLength: 1, accepts: 'the path of a file', description }))

export const Link = Type.Object(
  {
    secret: Type.Optional(
      Type.String({
        minLength: 16,
        secret: true,
        accepts: 'text of at least 16 characters, the same for balancers and loops (openssl rand -hex 32 prints one)',
        description:
          'What balancers and loops prove to each other that they know; asked of every link over TCP. A command line can be read by every user of the host: prefer the variable.',
      }),
    ),
    cert: pemFile("A loop's certificate, a PEM file: the loop then serves link+tcp over TLS only."),
    key: pemFile('The private key of that certificate, a PEM file.'),
    ca: pemFile(
      "The authorities of the loops' certificates, a PEM file: the balancer then speaks TLS to link+tcp addresses and checks them.",
    ),
  },
  strict,
)

export const Restart = Type.Object(
  {
    minDelay: Duration({ default: 100, description: 'The pause before the first restart of a loop that died.' }),
    maxDelay: Duration({ default: 15_000, description: 'The longest pause; it doubles from the first, with jitter.' }),
    giveUpAfter: count({ default: 5, minimum: 1, description: 'Deaths in a row before a first readiness until the start is given up.' }),
    resetAfter: Duration({ default: 30_000, description: 'A loop that has served so long starts again from the first pause.' }),
  },
  strict,
)

export const AccessLog = Type.Object(
  {
    mode: literal(['off', 'sampled', 'all'], {
      default: 'off',
      description:
        'Which requests get a line of JSON: none, a sample, or all. A sample never leaves out what failed: 5xx, answers of the balancer itself, and what was cut off.',
    }),
    sample: Type.Number({ default: 0.01, minimum: 0, maximum: 1, description: 'The share of the other requests that a sample holds.' }),
    file: Type.String({
      default: '-',
      minLength: 1,
      accepts: 'the path of a file in a folder that exists, or - for standard output',
      description: 'Where the lines go; - is standard output. A file that is moved away is opened anew within a second.',
    }),
    query: literal(['omit', 'keep'], {
      default: 'omit',
      description: 'Whether the query of the URL is logged; it may hold secrets.',
    }),
    decision: literal(['omit', 'keep'], {
      default: 'omit',
      description: 'Whether each line says why this loop was chosen, as x-evenloop-decision does.',
    }),
  },
  strict,
)

export const Settings = Type.Object(
  {
    app: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'The app: a module with a Fastify plugin, a Fastify instance, a (req, res) listener or an http.Server, or a program that calls .listen().',
      }),
    ),
    kind: literal(['auto', 'plugin', 'instance', 'listener', 'program'], {
      default: 'auto',
      description: 'What the app is, where it cannot be told from the module.',
    }),
    options: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      default: {},
      description: 'Options handed to a Fastify plugin or to a function that returns an app.',
    }),
    command: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'A server in any language instead of an app: "PROGRAM ARGS", with {socket} or {port} where its address belongs.',
      }),
    ),
    listen: Type.String({
      default: '127.0.0.1:8080',
      accepts: 'HOST:PORT, for instance "0.0.0.0:8080"',
      description: 'HOST:PORT that clients connect to. Port 0 takes a free one.',
    }),
    admin: Type.String({
      default: defaultAdmin,
      accepts: 'HOST:PORT, for instance "127.0.0.1:9400", or off',
      description: 'HOST:PORT of the admin API, metrics and console, or off.',
    }),
    adminToken: Type.Optional(
      Type.String({
        minLength: 16,
        // It travels in a header field and in a link that is copied from a terminal.
        pattern: '^[!-~]*$',
        secret: true,
        accepts: 'at least 16 visible ASCII characters without spaces (openssl rand -hex 32 prints some)',
        description:
          'What the admin API and the console ask for, except /healthz, /readyz and /metrics. Without it a loopback address asks for nothing, any other for a token that is made and logged at each start. A command line can be read by every user of the host: prefer the variable.',
      }),
    ),
    model: literal(['sync', 'async', 'hybrid'], {
      default: 'hybrid',
      description: 'sync: workers that hold one request at a time. async: one loop. hybrid: one loop per core.',
    }),
    loops: Loops,
    autoscale: Autoscale,
    threads: count({
      default: 1,
      minimum: 1,
      maximum: 64,
      description:
        'How many loops share a process, each in a thread with a copy of the app: 8 loops of 4 threads are 2 processes. Threads take less memory; what ends their process ends them all.',
    }),
    blockingWorkers: count({
      default: 0,
      maximum: 1_024,
      description:
        'Further workers for requests of blocking routes alone, one request at a time in each; no loop is held by those routes then. 0 has none.',
    }),
    blockingThreads: count({
      default: 1,
      minimum: 1,
      maximum: 64,
      description: 'How many of these workers share a process, each in a thread.',
    }),
    concurrency: countOr(['auto', 'adaptive', 'unlimited'], {
      default: 'auto',
      minimum: 1,
      maximum: 1_000_000,
      description:
        'Requests one loop holds at once, further ones wait in the queue. auto: 1 for the model sync; otherwise as many as come, until a loop stands limits.loopDelay late behind its events. adaptive: as many as keep the response time near its best, for servers that are not ours too.',
    }),
    balancers: countOr(['auto'], {
      default: 'auto',
      minimum: 1,
      maximum: 64,
      description: 'Balancer processes that share the port; auto is one for each four loops.',
    }),
    policy: literal(policyNames, { default: 'least-request', description: 'How a loop is chosen among those that may serve.' }),
    sticky: Sticky,
    slowStart: Duration({
      default: 5_000,
      description:
        'How long a loop that joins others takes until it gets its full share; its code is slow while it is cold. 0 gives it at once.',
    }),
    isolation: Isolation,
    routes: Routes,
    blockLimit: Duration({
      default: 30_000,
      description: 'A loop that one handler has held for so long is replaced; where it hangs is logged. 0 waits for ever.',
    }),
    rateLimit: RateLimit,
    lane: literal(['auto', 'http', 'link'], {
      default: 'auto',
      description:
        'How the balancer talks to loops. link: the loop link, the cheap one, for Node apps. http: HTTP/1.1, for every server. auto: link where it can be, http for a command and for http:// addresses.',
    }),
    memoryLimit: Size({
      default: 0,
      description: 'A loop whose resident memory stays above this is replaced, its successor first; 0 sets no limit.',
    }),
    startTimeout: Duration({ default: 60_000, minimum: 1, description: 'How long a loop may take until it is ready.' }),
    drainTimeout: Duration({
      default: 30_000,
      description: 'How long a process that drains may take to finish what it holds; then it is ended.',
    }),
    trustedProxies: Type.Array(Type.String(), {
      default: [],
      accepts: 'a list of addresses or CIDR ranges, for instance 10.0.0.0/8 and ::1',
      description: 'Addresses or CIDR ranges whose x-forwarded-*, x-request-id and forwarded headers are kept.',
    }),
    timeouts: Timeouts,
    limits: Limits,
    retry: Retry,
    health: Health,
    restart: Restart,
    accessLog: AccessLog,
    link: Link,
    env: Type.Record(Type.String(), Type.String(), {
      default: {},
      description: 'Environment variables for the loops, added to those of the supervisor.',
    }),
    logLevel: literal(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      default: 'info',
      description: 'The least important log lines that are written.',
    }),
  },
  { ...strict, $id: 'evenloop', title: 'evenloop configuration' },
)

export type Settings = Static<typeof Settings>
