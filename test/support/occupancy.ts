import { systemClock } from '../../core/sources.ts'
import { Occupancy } from '../../loop-node/measure/occupancy.ts'
import { RouteTable } from '../../loop-node/measure/route-table.ts'
import { LoopBoard } from '../../loop-node/watchdog/board.ts'

/** One that nobody asks, for tests of what lies around it. */
export const anyOccupancy = (): Occupancy => new Occupancy(new RouteTable(() => {}), new LoopBoard(), systemClock, () => 0)
