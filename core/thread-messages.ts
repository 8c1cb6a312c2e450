import type { LoopToSupervisor, SupervisorToLoop, SupervisorToWatchdog, WatchdogToSupervisor } from './messages.ts'

/**
 * What the supervisor and a process that hosts several loops, each in a thread, say to each other: what they would say to each loop
 * alone, with the number of its thread. Numbers are never used twice in one process.
 */
export type SupervisorToHost =
  | { readonly type: 'start'; readonly thread: number; /** LoopOptions of config/roles.ts */ readonly options: object }
  | { readonly type: 'tell'; readonly thread: number; readonly message: SupervisorToLoop }
  | { readonly type: 'look'; readonly thread: number; readonly message: SupervisorToWatchdog }
  /** End the thread at once. */
  | { readonly type: 'end'; readonly thread: number }

export type HostToSupervisor =
  | { readonly type: 'said'; readonly thread: number; readonly message: LoopToSupervisor }
  | { readonly type: 'seen'; readonly thread: number; readonly words: WatchdogToSupervisor }
  | { readonly type: 'line'; readonly thread: number; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  /** The thread has ended; nothing more comes of it. */
  | { readonly type: 'ended'; readonly thread: number; readonly code: number }
