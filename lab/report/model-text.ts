import type { ModelName } from '../compare/comparison.ts'

/** What a model is, for someone who has not heard of it. */
export const modelText: Record<ModelName, string> = {
  'sync-processes': 'Processes, each with one request at a time. The rest wait in a queue.',
  'sync-threads': 'One process with many threads, each with one request at a time. The rest wait in a queue.',
  'sync-both': 'Several processes with several threads each; every thread has one request at a time.',
  async: 'One event loop with as many requests under way as there are. It uses one core of the machine.',
  hybrid: 'An event loop for each core, and a balancer in front that gives each request to the loop that is least busy.',
  'hybrid-isolation':
    'The hybrid, whose balancer notices which requests block a loop and keeps a loop apart for them, out of the way of the others.',
  'hybrid-pool': 'The hybrid with synchronous workers beside its loops: requests that block go to those, one each.',
}
