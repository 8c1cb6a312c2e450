import type { LoopToSupervisor, SupervisorToLoop } from '../core/messages.ts'

/** The way to the supervisor. A loop that runs alone has one that leads nowhere. */
export interface Channel {
  /** Settles once the message has left this process, so that an exit right after it does not lose it; never rejects. */
  send(message: LoopToSupervisor): Promise<void>
  onMessage(handler: (message: SupervisorToLoop) => void): void
  /** Calls back once when the supervisor is gone. */
  onLost(handler: () => void): void
  /** True while a supervisor listens. */
  connected(): boolean
}

export const noChannel: Channel = {
  send: () => Promise.resolve(),
  onMessage: () => undefined,
  onLost: () => undefined,
  connected: () => false,
}

/** The IPC channel of this process, taken away from the app. */
export function supervisorChannel(): Channel {
  const send = process.send?.bind(process)
  // Programs written for other process managers send them words like 'ready'; ours would not understand them.
  delete process.send
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (send === undefined || !process.connected) return resolve()
        send(message, undefined, undefined, () => resolve())
      }),
    onMessage: (handler) => {
      process.on('message', handler)
      // The channel must not keep an app alive that has nothing left to do: that is how its end is noticed.
      process.channel?.unref()
    },
    onLost: (handler) => {
      if (process.connected) process.once('disconnect', handler)
      else setImmediate(handler)
    },
    connected: () => process.connected,
  }
}
