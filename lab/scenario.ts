import type { Table } from './table.ts'

/** Something that the figures say: that it holds, or that it does not. */
export interface Finding {
  readonly holds: boolean
  readonly text: string
}

export interface Answer {
  readonly tables: readonly Table[]
  readonly findings: readonly Finding[]
}

/** One question that the simulation answers. */
export interface Scenario {
  readonly name: string
  readonly question: string
  /** How it is set up, for whoever reads the figures. */
  readonly model: string
  /** Its figures are of the machine that it runs on, not of the seed alone. */
  readonly timed?: boolean
  /** @param tell for whoever waits */
  readonly run: (seed: number, tell: (text: string) => void) => Answer
}

/** A sentence chosen by a figure. */
export const finding = (holds: boolean, yes: string, no: string): Finding => ({ holds, text: holds ? yes : no })
