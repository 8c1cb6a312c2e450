import type { Server } from 'node:http'

const maxHeaderBytes = 1024 * 1024

const ignore = (): void => {}

/**
 * Leaves time limits and header limits to the balancer, also where the app sets them later. A server that
 * closes an idle connection by itself can do so in the moment when the balancer sends a request on it, and that
 * request is lost; a header limit below the balancer's refuses what it has let pass.
 */
export function leaveLimitsToBalancer(server: Server): void {
  for (const name of ['keepAliveTimeout', 'headersTimeout', 'requestTimeout', 'timeout'] as const) {
    Object.defineProperty(server, name, { get: () => 0, set: ignore, enumerable: true, configurable: true })
  }
  Object.assign(server, { maxHeaderSize: maxHeaderBytes })
  // Beyond 2000 fields Node drops the rest silently, and the balancer's own come last. 0 sets no limit.
  server.maxHeadersCount ??= 0
}
