import type { WatchdogToSupervisor } from '../core/messages.ts'
import type { StackFrame } from '../core/stack.ts'

/**
 * What came through a loop's side door, if a watchdog has said it. The door is a file descriptor in the app's process: what
 * an app writes into it by mistake must not bring the supervisor down.
 */
export function readWatchdogWords(value: unknown): WatchdogToSupervisor | undefined {
  if (!isObject(value)) return undefined
  const { type, routes, forMs, over, ask, profile, frames, error } = value
  if (type === 'hold' && typeof forMs === 'number' && typeof over === 'boolean' && Array.isArray(routes) && routes.every(isName))
    return { type, routes, forMs, over }
  if ((type !== 'profile' && type !== 'stack') || typeof ask !== 'number') return undefined
  if (typeof error === 'string') return { type, ask, error }
  if (type === 'stack') return Array.isArray(frames) && frames.every(isFrame) ? { type, ask, frames } : undefined
  return typeof profile === 'string' ? { type, ask, profile } : undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

const isName = (value: unknown): value is { method: string; route: string } =>
  isObject(value) && typeof value['method'] === 'string' && typeof value['route'] === 'string'

const isFrame = (value: unknown): value is StackFrame =>
  isObject(value) &&
  typeof value['name'] === 'string' &&
  typeof value['file'] === 'string' &&
  typeof value['line'] === 'number' &&
  typeof value['column'] === 'number'
