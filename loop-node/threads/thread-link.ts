import type { MessagePort } from 'node:worker_threads'

import type { LoopOptions } from '../../config/roles.ts'
import type { LoopToSupervisor, SupervisorToLoop } from '../../core/messages.ts'
import type { NamedRoute } from '../watchdog/watch-board.ts'
import type { Within } from '../within.ts'

/** What a thread is started with. */
export interface ThreadData {
  readonly options: LoopOptions
  readonly port: MessagePort
}

export type ThreadToHost =
  | { readonly type: 'said'; readonly message: LoopToSupervisor }
  | { readonly type: 'board'; readonly memory: SharedArrayBuffer }
  | { readonly type: 'route'; readonly route: NamedRoute }

export type HostToThread = { readonly type: 'told'; readonly message: SupervisorToLoop } | { readonly type: 'lost' }

/** The surroundings of a loop in a thread: everything goes through the main thread, which watches it too. */
export function withinThread(port: MessagePort): Within {
  const post = (message: ThreadToHost): void => port.postMessage(message)
  let connected = true
  return {
    channel: {
      send: (message) => {
        post({ type: 'said', message })
        return Promise.resolve()
      },
      onMessage: (handler) => {
        port.on('message', (heard: HostToThread) => {
          if (heard.type === 'told') handler(heard.message)
        })
        // It must not keep an app alive that has nothing left to do: that is how its end is noticed.
        port.unref()
      },
      onLost: (handler) => {
        port.on('message', (heard: HostToThread) => {
          if (heard.type !== 'lost') return
          connected = false
          handler()
        })
        port.unref()
      },
      connected: () => connected,
    },
    watch: (board) => {
      post({ type: 'board', memory: board.memory })
      return { watching: Promise.resolve(), name: ({ id, method, route }) => post({ type: 'route', route: { id, method, route } }) }
    },
  }
}
