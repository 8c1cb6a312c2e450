/**
 * Request field names that have a number on the link, each in lower case and in the spelling that browsers and libraries
 * send: a number instead of a name costs neither end a string. A name in any other spelling travels as it is.
 *
 * Both ends must hold the same table: a change of it is a change of the link's version.
 */

// Lower case is derived. An order that changes would give numbers other meanings: append only.
const spellings = [
  ...['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Request-Id'],
  ...['Accept', 'Accept-Charset', 'Accept-Encoding', 'Accept-Language', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'],
  ...['Authorization', 'Baggage', 'Cache-Control', 'Connection', 'Content-Disposition', 'Content-Encoding', 'Content-Language'],
  ...[
    'Content-Length',
    'Content-Range',
    'Content-Type',
    'Cookie',
    'DNT',
    'Date',
    'Device-Memory',
    'Downlink',
    'ECT',
    'Expect',
    'Forwarded',
  ],
  ...['From', 'Host', 'If-Match', 'If-Modified-Since', 'If-None-Match', 'If-Range', 'If-Unmodified-Since', 'Idempotency-Key', 'Keep-Alive'],
  ...['Last-Event-ID', 'Max-Forwards', 'Origin', 'Pragma', 'Prefer', 'Priority', 'Purpose', 'RTT', 'Range', 'Referer', 'Save-Data'],
  ...['Sec-CH-UA', 'Sec-CH-UA-Mobile', 'Sec-CH-UA-Platform', 'Sec-Fetch-Dest', 'Sec-Fetch-Mode', 'Sec-Fetch-Site', 'Sec-Fetch-User'],
  ...['Sec-GPC', 'Sec-Purpose', 'TE', 'Traceparent', 'Tracestate', 'Trailer', 'Transfer-Encoding', 'Upgrade-Insecure-Requests'],
  ...['User-Agent', 'Via', 'X-API-Key', 'X-Amzn-Trace-Id', 'X-B3-Sampled', 'X-B3-SpanId', 'X-B3-TraceId', 'X-CSRF-Token', 'X-Client-Id'],
  ...['X-Correlation-Id', 'X-Forwarded-Port', 'X-HTTP-Method-Override', 'X-Real-IP', 'X-Requested-With', 'X-Trace-Id', 'X-XSRF-Token'],
] as const

/** The names by number. Number 0 stands for none; no more than 250 exist, so that one byte holds every number. */
export const headerNames: readonly string[] = ['', ...spellings.flatMap((name) => [name.toLowerCase(), name])]

/** The numbers of the names that the balancer itself writes. */
export const headerIds = { xForwardedFor: 1, xForwardedProto: 3, xForwardedHost: 5, xRequestId: 7 } as const
