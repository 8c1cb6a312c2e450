import fc from 'fast-check'

import { weighted } from './mutated.ts'

const mixedCase = (names: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...names), fc.constantFrom('as is', 'lower', 'upper')).map(([name, how]) => {
    if (how === 'as is') return name
    return how === 'lower' ? name.toLowerCase() : name.toUpperCase()
  })
const latin1 = fc.array(fc.constantFrom(...'aZ09 \t,;:="\\/-_~\u0080\u00ff'), { maxLength: 12 }).map((letters) => letters.join(''))
const blank = fc.constantFrom('', ' ', ' ', ' ', '  ', '\t', ' \t ')
const field = weighted(
  [14, fc.tuple(mixedCase(['Accept', 'User-Agent', 'X-Forwarded-For', 'Evenloop-Taken', 'Cookie', 'TE', "X!#$%&'*"]), latin1)],
  [1, fc.tuple(fc.constantFrom('Trailer', 'Keep-Alive', 'X_Y', '', 'X Y', 'Transfer_Encoding'), latin1)],
  [
    2,
    fc.tuple(
      mixedCase(['Connection', 'Proxy-Connection']),
      fc.constantFrom('close', 'keep-alive', 'Close', 'close, x-a', ',close', 'x,  close ,', 'close\t', 'close x', '', 'closed', 'upgrade'),
    ),
  ],
  [
    2,
    fc.tuple(
      mixedCase(['Content-Length']),
      fc.constantFrom(
        '0',
        '3',
        '03',
        '4\t',
        '5 ',
        '+1',
        '5, 5',
        '',
        '1e1',
        '0x1',
        '999999999999999',
        '9999999999999999',
        '99999999999999999999',
      ),
    ),
  ],
  [
    2,
    fc.tuple(
      mixedCase(['Transfer-Encoding']),
      fc.constantFrom('chunked', 'Chunked', 'chunked ', 'chunked\t', 'gzip, chunked', 'chunked,', '', 'identity'),
    ),
  ],
  [1, fc.tuple(mixedCase(['Expect']), fc.constantFrom('100-continue', '100-Continue', '100-continue ', 'x, 100-continue', '200-ok', ''))],
  [1, fc.tuple(mixedCase(['Upgrade', 'HTTP2-Settings']), fc.constantFrom('websocket', 'h2c', ''))],
)

/** A request as a text, mostly in order, at times with what servers differ over; its body may be another than it announces. */
export const anyRequest: fc.Arbitrary<string> = fc
  .record({
    method: weighted(
      [9, fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH')],
      [1, fc.constantFrom('get', 'G', 'CONNECT', 'PROPFIND', 'M-SEARCH', '', 'PRI')],
    ),
    target: weighted(
      [9, fc.constantFrom('/', '/a?b=c', '//b/../c', '/%zz', '/?a?b:c@d[e]{f}|g\\^`"<>~', '/;x')],
      [1, fc.constantFrom('*', 'a', 'http://b/', '/#f', '/\u0080', '/\t', '', '/a b', '?x')],
    ),
    version: weighted([19, fc.constant('HTTP/1.1')], [1, fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', '')]),
    host: weighted(
      [9, fc.constantFrom('Host: a', 'host:a:80', 'HOST: [::1]:8080 ')],
      [1, fc.constantFrom('Host:', 'Host: a b', 'Host: a,b', 'Host: a@b', 'Host: a\r\nHost: a', 'X: y')],
    ),
    fields: fc.array(fc.tuple(field, blank, blank), { maxLength: 4 }),
    hostAt: fc.nat(4),
    body: fc.constantFrom(
      '',
      '',
      'abcde',
      '0\r\n\r\n',
      '3\r\nabc\r\n0\r\n\r\n',
      '3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n',
      '3\nabc\r\n0\r\n\r\n',
      'zz',
    ),
  })
  .map(({ method, target, version, host, fields, hostAt, body }) => {
    const lines = fields.map(([[name, value], before, behind]) => `${name}:${before}${value}${behind}`)
    lines.splice(hostAt, 0, host)
    return `${method} ${target} ${version}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
  })
