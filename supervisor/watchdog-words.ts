import type { WatchdogToSupervisor } from '../core/messages.ts'

/**
 * What came through a loop's side door, if a watchdog has said it. The door is a file descriptor in the app's process: what
 * an app writes into it by mistake must not bring the supervisor down.
 */
export function readWatchdogWords(value: unknown): WatchdogToSupervisor | undefined {
  if (!isObject(value)) return undefined
  const { type, routes, forMs, over, ask, profile, error } = value
  if (type === 'hold' && typeof forMs === 'number' && typeof over === 'boolean' && Array.isArray(routes) && routes.every(isName))
    return { type, routes, forMs, over }
  if (type !== 'profile' || typeof ask !== 'number') return undefined
  if (typeof profile === 'string') return { type, ask, profile }
  return typeof error === 'string' ? { type, ask, error } : undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

const isName = (value: unknown): value is { method: string; route: string } =>
  isObject(value) && typeof value['method'] === 'string' && typeof value['route'] === 'string'
