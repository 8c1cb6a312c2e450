import type { Settings } from '../config/schema.ts'

/** The lane of the address that a loop serves on. A command's server knows nothing of the link. */
export const loopLane = ({ lane, command }: Pick<Settings, 'lane' | 'command'>): 'link' | 'http' =>
  lane === 'http' || command !== undefined ? 'http' : 'link'
