import { type Address, parseAddress } from '../core/address.ts'
import type { ConfigProblem } from '../core/errors.ts'

import type { Origin } from '../config/layer.ts'
import type { Settings } from '../config/schema.ts'

/** What is wrong with the ADDRESSes of a role that runs alone. */
export function checkAddresses(
  flag: string,
  texts: readonly string[],
  kinds: readonly Address['kind'][],
  accepted: string,
): ConfigProblem[] {
  const origin = { key: flag, source: 'command line' }
  if (texts.length === 0) return [{ ...origin, value: 'missing', accepted }]
  return texts.flatMap((value) => {
    const address = parseAddress(value)
    return address !== undefined && kinds.includes(address.kind) ? [] : [{ ...origin, value, accepted }]
  })
}

/** What is wrong with ADDRESSes of a lane that the settings rule out. */
export const refuseLane = (flag: string, texts: readonly string[], lane: Address['lane'], accepted: string): ConfigProblem[] =>
  texts.flatMap((value) => (parseAddress(value)?.lane === lane ? [{ key: flag, source: 'command line', value, accepted }] : []))

/** The admin address of a role that runs alone: only where someone chose one, since several may share a host. */
export function chosenAdmin({ admin }: Settings, origins: ReadonlyMap<string, Origin>): string | undefined {
  return admin === 'off' || origins.get('admin')?.source === 'default' ? undefined : admin
}
