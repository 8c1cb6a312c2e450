const held = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
export type HeldSignal = (typeof held)[number]

export interface Signals {
  /** Runs the app's own handlers of the signal; false where it has none. */
  deliver(signal: HeldSignal): boolean
}

/**
 * Keeps signals from the app until its loop has drained. Ctrl-C reaches every process of the terminal at once,
 * and a program whose handler calls process.exit() would drop the requests it holds. So the signal comes here
 * first, and the program's handlers run when the drain is over.
 *
 * Must run before anything listens for a signal: Node binds `process.emit` when the first listener is added.
 */
export function holdSignals(onSignal: (signal: HeldSignal) => void): Signals {
  const emit = process.emit
  const isHeld = (event: unknown): event is HeldSignal => held.includes(event as HeldSignal)
  process.emit = function (this: NodeJS.Process, event: string, ...rest: unknown[]): boolean {
    if (!isHeld(event)) return Reflect.apply(emit, this, [event, ...rest])
    onSignal(event)
    return true
  } as typeof process.emit
  const own = (): void => undefined
  for (const signal of held) process.on(signal, own)
  return {
    deliver: (signal) => {
      if (process.listeners(signal).every((listener) => listener === own)) return false
      Reflect.apply(emit, process, [signal, signal, signal === 'SIGTERM' ? 15 : 2])
      return true
    },
  }
}
