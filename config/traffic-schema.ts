import { Type } from 'typebox'

import { count, literal, strict } from './fields.ts'
import { Duration } from './units.ts'

const words = 'blocking|async|high|normal|low'

/** What is known of routes; route-rules.ts reads it. */
export const Routes = Type.Record(Type.String({ pattern: '^([A-Z]+ )?/\\S*$' }), Type.String({ pattern: `^(${words})( (${words}))*$` }), {
  default: {},
  accepts:
    'routes, a path with or without a method before it, and for each of them words among blocking, async, high, normal and low, for instance "POST /reports/:id=blocking low" or {"/search":"high"}',
  description:
    'What is known of routes, by pattern: "POST /reports/:id": "blocking low". blocking or async stands above what is learned; high, normal or low is its place in the queue.',
})

/** How blocking routes are kept apart. */
export const Isolation = Type.Object(
  {
    mode: literal(['auto', 'declared', 'off'], {
      default: 'auto',
      description:
        'Which routes are kept apart as blocking: those that are found to block and those declared, only those declared (in routes or by the app), or none.',
    }),
    threshold: Duration({
      default: 10,
      minimum: 1,
      description: 'A route blocks if half of its requests hold their event loop for longer than this without giving it back.',
    }),
    target: Type.Number({
      default: 0.5,
      minimum: 0.05,
      maximum: 1,
      description: 'How busy blocking routes may keep the loops they are confined to before they get another one.',
    }),
  },
  strict,
)

/** What one client may ask for. */
export const RateLimit = Type.Object(
  {
    requests: count({
      default: 0,
      description:
        'Requests that one client may make in `per`; further ones get 429. Each of several balancers holds its share: a client that keeps to one connection has that share alone. 0 sets no limit.',
    }),
    per: Duration({ default: 1_000, minimum: 100, description: 'The time in which it may make them.' }),
    burst: count({ default: 0, description: 'Requests that it may make at once after a pause; 0 takes as many as `requests`.' }),
    by: literal(['address', 'header'], {
      default: 'address',
      description: 'What tells clients apart; behind trusted proxies the address is the one they name.',
    }),
    header: Type.String({
      default: 'authorization',
      minLength: 1,
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
      accepts: 'letters, digits and - _ . (an HTTP token)',
      description:
        'The header that tells clients apart where `by` is header; requests without it count by address. A client can make up values: take one that is checked in front of the balancer.',
    }),
    clients: count({
      default: 10_000,
      minimum: 1,
      maximum: 10_000_000,
      description: 'How many clients one balancer keeps count of; the one that has been away longest is forgotten.',
    }),
  },
  strict,
)
