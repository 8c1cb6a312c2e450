/** The status of a response whose first bytes are these; 0 where they are not the first of an HTTP/1 response. */
export function statusOf(first: string | Buffer): number {
  // "HTTP/1.1 200": nobody writes less than a status line at once.
  if (first.length < 12) return 0
  let status = 0
  for (let at = 9; at < 12; at++) {
    const digit = (typeof first === 'string' ? first.charCodeAt(at) : first[at]!) - 0x30
    if (digit < 0 || digit > 9) return 0
    status = status * 10 + digit
  }
  return (typeof first === 'string' ? first.charCodeAt(0) : first[0]) === 0x48 ? status : 0
}

/** 1xx: the response proper is still to come. 101 too, which the balancer refuses: nobody asks for it over a link. */
export const isInterim = (status: number): boolean => status >= 100 && status < 200
