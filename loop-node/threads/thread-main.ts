import { workerData } from 'node:worker_threads'

import { runLoop } from '../run.ts'
import { type ThreadData, withinThread } from './thread-link.ts'

const { options, port } = workerData as ThreadData
void runLoop(options, withinThread(port))
