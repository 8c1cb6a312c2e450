import net from 'node:net'

/** What a request said about itself. */
export interface AdminRequest {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly contentType: string | undefined
}

export interface Refusal {
  readonly status: 403 | 415
  readonly error: 'FORBIDDEN' | 'UNSUPPORTED_MEDIA_TYPE'
  readonly message: string
}

/**
 * Why a request to the admin API is refused; undefined where it is not. Web pages must not be able to steer a
 * cluster through its operator's browser: a foreign name that resolves to this machine (DNS rebinding) betrays itself by
 * the host header, a form or fetch of a foreign page (CSRF) by its origin or by a content type that needs no preflight.
 * A request without origin and content type comes from no page: `curl -X POST` needs neither.
 * @param loopback whether the API listens on a loopback address only
 */
export function refuse(request: AdminRequest, loopback: boolean): Refusal | undefined {
  const { method, host, origin, contentType } = request
  // Elsewhere its names cannot be known (DNS, a container's port, a front); a token keeps strangers out there.
  if (loopback ? !isLoopback(nameOf(host) ?? '') : host !== undefined && nameOf(host) === undefined) {
    const accepted = loopback ? 'localhost or a loopback address' : 'HOST or HOST:PORT'
    return { status: 403, error: 'FORBIDDEN', message: `the host header is ${host ?? 'missing'}; accepted: ${accepted}` }
  }
  if (method === 'GET' || method === 'HEAD') return undefined
  if (origin !== undefined && !sameHost(origin, host)) {
    return { status: 403, error: 'FORBIDDEN', message: `the origin ${origin} may not change this cluster` }
  }
  if (origin === undefined && contentType === undefined) return undefined
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    return {
      status: 415,
      error: 'UNSUPPORTED_MEDIA_TYPE',
      message: `the content type is ${contentType ?? 'missing'}; accepted: application/json`,
    }
  }
  return undefined
}

/** Whether an address or name means this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (net.isIPv4(name)) return name.startsWith('127.')
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost')
}

/** The name in a host header; undefined where that is none. */
const nameOf = (header: string | undefined): string | undefined =>
  /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/@,]+)(?::\d{1,5})?$/.exec(header ?? '')?.[1]

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase()
}
