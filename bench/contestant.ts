/** Who takes part, as data: a new rival is an entry in contestants.ts and, where it needs one, a file in peers/. */
export interface Contestant {
  readonly name: string
  /** True for evenloop itself, whose failure is the benchmark's. */
  readonly ours?: boolean
  /** What must be there; a contestant without it is shown as not run. */
  readonly needs?: readonly Need[]
  /** The commands it consists of, started in this order; the last one's URL is the contestant's. */
  parts(place: Place): readonly Part[]
}

/** `peers`: the packages of peers/package.json, installed when first needed. Others are commands. */
export type Need = 'peers' | 'nginx' | 'haproxy'

/** What a contestant may use: a folder of its own, and ports that were free, for programs that cannot choose one. */
export interface Place {
  readonly folder: string
  readonly port: number
  readonly upstreamPort: number
}

export interface Part {
  /** Under which the CPU time of the process itself is shown. */
  readonly role: Role
  readonly command: readonly string[]
  /**
   * On standard output when it serves, the first group being the URL, and one named `admin` that of its metrics; or the port
   * of 127.0.0.1 that it then accepts at.
   */
  readonly ready: RegExp | number
  /** Roles of its descendants, by a match in their command line. */
  readonly children?: readonly { readonly role: Role; readonly match: RegExp }[]
  /** Written to the folder before it starts. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

export const roles = ['balancer', 'loop', 'supervisor'] as const
export type Role = (typeof roles)[number]
