import type { LoopOptions } from '../config/roles.ts'
import { runLoop } from './run.ts'

const orders = process.env['EVENLOOP_CHILD']
// The app must not find our orders in its environment, nor hand them to programs that it starts.
delete process.env['EVENLOOP_CHILD']
if (orders === undefined) {
  process.stderr.write('evenloop: this file is started by the supervisor; use `evenloop loop APP --serve ADDRESS` to run one loop\n')
  process.exit(2)
}
void runLoop(JSON.parse(orders) as LoopOptions)
