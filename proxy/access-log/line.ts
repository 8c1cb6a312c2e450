import { METHODS } from 'node:http'

import type { Decision } from '../../core/decision.ts'
import { decisionField } from '../decision-field.ts'
import type { AccessEntry } from './entry.ts'

/** What the client asked, as text: bytes of the client's, each as the character of its number (Latin-1). */
export interface Asked {
  /** Empty where the bytes were no request. */
  readonly method: string
  readonly target: string
  /** Of HTTP: `1.1`. */
  readonly version: string
  /** As the app sees it in x-forwarded-host. */
  readonly host: string | undefined
  readonly forwardedFor: string | undefined
  readonly userAgent: string | undefined
  readonly traceparent: string | undefined
}

/** What is the same for all, or found out by the log. */
export interface LineFacts {
  /** ISO 8601. */
  readonly time: string
  readonly balancer: string
  readonly durationMs: number
  /** The client behind trusted proxies; undefined where the connection's other end is the client. */
  readonly clientAddress: string | undefined
  readonly withQuery: boolean
  readonly withDecision: boolean
}

// A line of at most PIPE_BUF bytes (4,096 on Linux) is written whole or not at all, whoever else writes to that pipe. All that a
// client can make long is cut so that the line stays below that.
const lineBytes = 4_096
const longest = { path: 1_024, query: 768, agent: 400, host: 255, requestId: 160, name: 64, route: 200 } as const

/**
 * One request as one line of JSON, all of it ASCII, at most 4,096 bytes long. Fields are named after OpenTelemetry's conventions for HTTP
 * servers; docs/tasks/access-log.md lists them. Put together by hand: JSON.stringify takes longer over an object with as many keys.
 */
export function accessLine(entry: AccessEntry, asked: Asked, facts: LineFacts): string {
  const { status, error, loop } = entry
  const at = asked.target.indexOf('?')
  let line = `{"timestamp":"${facts.time}",${methodField(asked.method)}`
  if (asked.target !== '') line += `,"url.path":"${jsonText(at === -1 ? asked.target : asked.target.slice(0, at), longest.path)}"`
  if (facts.withQuery && at !== -1) line += `,"url.query":"${jsonText(asked.target.slice(at + 1), longest.query)}"`
  if (status !== 0) line += `,"http.response.status_code":${status}`
  if (error !== undefined) line += `,"error.type":"${error}"`
  // OpenTelemetry: the status is the error's type where nothing says more.
  else if (status >= 500) line += `,"error.type":"${status}"`
  line += `,"http.server.request.duration":${seconds(facts.durationMs)}`
  line += `,"http.request.body.size":${entry.requestBytes}`
  // Not a number is not known, and no JSON.
  if (entry.responseBytes >= 0) line += `,"http.response.body.size":${entry.responseBytes}`
  line += addressFields(entry, facts.clientAddress)
  if (asked.host !== undefined) line += hostFields(asked.host)
  if (asked.version !== '') line += `,"network.protocol.version":"${asked.version}"`
  if (asked.userAgent !== undefined) line += `,"user_agent.original":"${jsonText(asked.userAgent, longest.agent)}"`
  if (asked.traceparent !== undefined) line += traceFields(asked.traceparent)
  line += `,"evenloop.request_id":"${jsonText(entry.requestId, longest.requestId)}","evenloop.balancer":"${jsonText(facts.balancer, longest.name)}"`
  if (loop !== undefined) line += `,"evenloop.loop":"${jsonText(loop, longest.name)}"`
  line += `,"evenloop.lane":"${entry.lane}","evenloop.attempts":${entry.attempts}`
  line += `,"evenloop.queue_ms":${entry.waitedMs === 0 ? 0 : Math.round(entry.waitedMs * 1_000) / 1_000}`
  if (facts.withDecision && entry.decision !== undefined) line += decisionFields(entry.decision, lineBytes - line.length - lineEnd.length)
  return line + lineEnd
}

const lineEnd = '}\n'

/** At the line's end, as long as the line has room for: the longest of all fields gives way to the others. */
function decisionFields(decision: Decision, room: number): string {
  const { route } = decision
  const fields = route === undefined ? '' : `,"evenloop.route":"${jsonText(route, longest.route)}"`
  const left = room - fields.length - ',"evenloop.decision":""'.length - ellipsis.length
  return `${fields},"evenloop.decision":"${jsonText(decisionField(decision), left)}"`
}

const plain = /^[ !#-[\]-~]*$/

/**
 * The inside of a JSON string, at most so many characters and an ellipsis where there was more. Everything but visible ASCII is
 * escaped: what a client sends can neither end the line nor be taken for a line end by any program that reads it.
 */
export function jsonText(text: string, limit: number): string {
  if (text.length <= limit && plain.test(text)) return text
  let result = ''
  for (let at = 0; at < text.length; at++) {
    const escaped = escape(text, at)
    if (result.length + escaped.length > limit) return result + ellipsis
    result += escaped
  }
  return result
}

const ellipsis = '\\u2026'

function escape(text: string, at: number): string {
  const code = text.charCodeAt(at)
  if (code === 0x22) return '\\"'
  if (code === 0x5c) return '\\\\'
  return code >= 0x20 && code < 0x7f ? text[at]! : `\\u${code.toString(16).padStart(4, '0')}`
}

/** To the microsecond. Two whole numbers are written faster than one that is not whole. */
function seconds(ms: number): string {
  const micros = Math.round(ms * 1_000)
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`
}

// Those that OpenTelemetry knows; others are `_OTHER`, so that nobody can make up values without end.
const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE', 'QUERY'])
const nodeMethods: ReadonlySet<string> = new Set(METHODS)

function methodField(method: string): string {
  if (knownMethods.has(method)) return `"http.request.method":"${method}"`
  const other = '"http.request.method":"_OTHER"'
  return nodeMethods.has(method) ? `${other},"http.request.method_original":"${method}"` : other
}

function addressFields({ peerAddress, peerPort }: AccessEntry, client: string | undefined): string {
  if (client === undefined) return `,"client.address":"${jsonText(peerAddress, longest.name)}","client.port":${peerPort}`
  const peer = `,"network.peer.address":"${jsonText(peerAddress, longest.name)}","network.peer.port":${peerPort}`
  return `,"client.address":"${jsonText(client, longest.name)}"${peer}`
}

function hostFields(host: string): string {
  // The port is behind the last colon, unless that is inside of the brackets of an IPv6 address.
  const colon = host.lastIndexOf(':')
  const port = colon === -1 || host.endsWith(']') ? '' : host.slice(colon + 1)
  if (port === '' || !/^\d{1,5}$/.test(port)) return `,"server.address":"${jsonText(host, longest.host)}"`
  return `,"server.address":"${jsonText(host.slice(0, colon), longest.host)}","server.port":${Number(port)}`
}

/** W3C Trace Context: version, trace, parent, flags. */
function traceFields(traceparent: string): string {
  const [, trace, span, flags] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(traceparent) ?? []
  return trace === undefined ? '' : `,"trace_id":"${trace}","span_id":"${span}","trace_flags":"${flags}"`
}
