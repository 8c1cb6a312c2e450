import type { IncomingHttpHeaders } from 'node:http'

import { plainAddress } from '../core/trusted-addresses.ts'

export interface ForwardedInput {
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
  /** The client speaks TLS to us. */
  readonly encrypted: boolean
  /** The client's address is one whose word is believed. */
  readonly trusted: boolean
  readonly newId: () => string
}

/** What a loop is told of the client. */
export interface ForwardedValues {
  /** What else a client says in x-forwarded-* is believed: x-forwarded-port, -prefix and the like. */
  readonly trusted: boolean
  readonly for: string
  readonly proto: string
  /** Undefined where the client sent no host (HTTP/1.0). */
  readonly host: string | undefined
  readonly requestId: string
  /** The client's own `forwarded` header (RFC 7239); undefined means that it must be removed. */
  readonly forwarded: string | undefined
}

/**
 * The values of x-forwarded-for, -proto, -host, forwarded and x-request-id. Those of an untrusted client are replaced, since
 * anyone can write them; those of a trusted proxy are kept, and its address is appended to x-forwarded-for.
 */
export function forwardedValues(input: ForwardedInput): ForwardedValues {
  const address = input.remoteAddress === undefined ? 'unknown' : plainAddress(input.remoteAddress)
  const proto = input.encrypted ? 'https' : 'http'
  const { headers } = input
  if (!input.trusted) return { trusted: false, for: address, proto, host: headers.host, requestId: input.newId(), forwarded: undefined }
  const before = given(headers['x-forwarded-for'])
  const id = given(headers['x-request-id'])
  return {
    trusted: true,
    for: before === undefined ? address : `${before}, ${address}`,
    proto: given(headers['x-forwarded-proto']) ?? proto,
    host: given(headers['x-forwarded-host']) ?? headers.host,
    requestId: id !== undefined && visible.test(id) ? id : input.newId(),
    forwarded: given(headers.forwarded),
  }
}

// An id goes into logs and responses: nothing that could break a line or a header.
const visible = /^[\x21-\x7e]{1,128}$/

const given = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value) || undefined
