import { rmdirSync, unlinkSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { isMainThread } from 'node:worker_threads'

import { addressForms, formatAddress, parseAddress } from '../core/address.ts'
import { RunError } from '../core/errors.ts'

/** Where a server of this host listens or is reached, in the form net and http understand. */
export type ServeTarget = {
  /** `link` serves both lanes at this address. */
  readonly lane: 'link' | 'http'
} & ({ readonly path: string } | { readonly host: string; readonly port: number })

/**
 * Reads an ADDRESS to serve on.
 * @throws RunError when it is none, or of a kind that nobody can serve on
 */
export function serveTarget(address: string): ServeTarget {
  const parsed = parseAddress(address)
  if (parsed === undefined) throw new RunError(`--serve is ${address}; accepted: ${addressForms}`)
  if (parsed.kind === 'dns')
    throw new RunError(
      `--serve is ${address}; a loop serves on link+unix:PATH, link+tcp://HOST:PORT, http+unix:PATH or http://HOST:PORT, a dns+ address is for a balancer's --upstream`,
    )
  const { lane } = parsed
  return parsed.kind === 'unix' ? { lane, path: parsed.path } : { lane, host: parsed.host, port: parsed.port }
}

/** The ADDRESS in force; `port` is the real one where port 0 was asked for. */
export function servedAddress(target: ServeTarget, port?: number): string {
  const { lane } = target
  return 'path' in target
    ? formatAddress({ lane, kind: 'unix', path: target.path })
    : formatAddress({ lane, kind: 'tcp', host: target.host, port: port ?? target.port })
}

/**
 * Begins to listen; a socket file is its owner's alone from the moment it exists. A chmod after the fact would leave a
 * moment in which anyone could connect.
 */
export function listenPrivately(target: ServeTarget, listen: () => void): void {
  if (!('path' in target)) return listen()
  // A thread cannot set the umask; its sockets are in the cluster's own folder, which others cannot enter.
  if (!isMainThread) return listen()
  // Node binds within the call (not in a node:cluster worker, which loops are not).
  const before = process.umask(0o177)
  try {
    listen()
  } finally {
    process.umask(before)
  }
}

/**
 * Removes a socket file that no one serves any more: a process that was killed leaves it, and listening on it
 * would fail for ever.
 * @throws RunError when a living process serves there, or the path is something else than a socket
 */
export async function clearStale(target: ServeTarget): Promise<void> {
  if (!('path' in target)) return
  const found = await lstat(target.path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket())
    throw new RunError(`cannot serve on ${servedAddress(target)}: the path exists and is no socket; choose another with --serve`)
  if (await accepts(target))
    throw new RunError(`cannot serve on ${servedAddress(target)}: another process serves there; stop it or choose another with --serve`)
  unlinkSync(target.path)
}

/** Removes the socket file, and its directory where it was the last one in it. For the end of a process: synchronous. */
export function removeSocket(target: ServeTarget, withDirectory: boolean): void {
  if (!('path' in target)) return
  quietly(() => unlinkSync(target.path))
  if (withDirectory) quietly(() => rmdirSync(path.dirname(target.path)))
}

/** True where a connection is accepted. */
export function accepts(target: ServeTarget): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(target)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // Gone already, or a directory that others still use: both are as wanted.
  }
}
