import { Session } from 'node:inspector/promises'

/** A thread that an inspector is connected to. */
export interface Inspected {
  /** Asks for something of the protocol; a busy thread answers between two of its statements. */
  post(method: string, params?: object): Promise<unknown>
  onEvent(listener: (method: string, params: unknown) => void): void
  disconnect(): void
}

/** The main thread of this process, looked into from another thread of it. */
export function inspectMainThread(): Inspected {
  const session = new Session()
  session.connectToMainThread()
  return {
    post: (method, params = {}) => session.post(method as 'Runtime.evaluate', params as never),
    onEvent: (listener) => session.on('inspectorNotification', ({ method, params }) => listener(method, params)),
    disconnect: () => session.disconnect(),
  }
}
