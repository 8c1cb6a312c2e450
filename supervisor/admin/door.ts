import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { cookieName, type TokenGate, type Verdict } from './token.ts'

/** What probes and Prometheus ask for. They hold no secrets, and carry no token. */
const openRoutes: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics'])

const where =
  'The token is in the log of "evenloop start", in a line with the link that opens this console, unless one was chosen as adminToken in the configuration or EVENLOOP_ADMIN_TOKEN.'

const messages: Readonly<Record<Exclude<Verdict, 'right'>, string>> = {
  missing: 'this cluster asks for its admin token.',
  wrong: 'that is not the admin token of this cluster.',
  limited: 'too many wrong tokens came from this address; wait a minute.',
}

/** Lets in who has the token, by `Authorization: Bearer TOKEN` or by the cookie that `GET /?token=TOKEN` sets. */
export function askForToken(app: FastifyInstance, gate: TokenGate): void {
  app.addHook('onRequest', async (request, reply) => {
    // By the route found, not by the path asked for: both must mean the same.
    if (openRoutes.has(request.routeOptions.url)) return
    const token = tokenOfLink(request)
    const { authorization, cookie } = request.headers
    const verdict = gate.check(request.ip, { authorization, cookie, token })
    if (verdict !== 'right') return refuse(request, reply, verdict, gate)
    if (token === undefined) return
    // Away with the token from the address bar and the history.
    return reply
      .header('set-cookie', `${cookieName}=${gate.cookieValue}; HttpOnly; SameSite=Strict; Path=/`)
      .header('referrer-policy', 'no-referrer')
      .redirect('/', 303)
  })
}

const isPage = ({ method, url }: FastifyRequest): boolean => (method === 'GET' || method === 'HEAD') && url.split('?', 1)[0] === '/'

/** The token of a link to the console; an older cookie does not count beside it. */
function tokenOfLink(request: FastifyRequest): string | undefined {
  const { token } = request.query as { token?: unknown }
  return isPage(request) && token !== undefined ? String(token) : undefined
}

function refuse(request: FastifyRequest, reply: FastifyReply, verdict: Exclude<Verdict, 'right'>, gate: TokenGate): FastifyReply {
  if (verdict === 'limited') reply.code(429).header('retry-after', gate.retryAfter)
  else reply.code(401).header('www-authenticate', 'Bearer realm="evenloop"')
  const message = messages[verdict]
  if (isPage(request)) return reply.headers(pageHeaders).send(page(message))
  return reply.send({ error: verdict === 'limited' ? 'TOO_MANY_GUESSES' : 'UNAUTHORIZED', message: `${message} ${where}` })
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

// A link on another site leads to the page before the browser sends a cookie that is SameSite=Strict; the next click sends it.
const page = (message: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>evenloop: token needed</title>
</head>
<body>
<h1>evenloop</h1>
<p>This page is not open: ${message}</p>
<p>${where}</p>
<p>Open this address with <code>/?token=TOKEN</code> at its end. If you have just done that by a link from elsewhere, <a href="/">go on to the console</a>.</p>
</body>
</html>
`
