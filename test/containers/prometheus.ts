import { published } from './docker.ts'

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly activeTargets?: readonly { readonly health: string; readonly scrapePool: string }[]
    readonly groups?: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[]
    readonly result?: readonly { readonly value?: readonly [number, string]; readonly values?: readonly (readonly [number, string])[] }[]
  }
}

/** Asks the composed Prometheus an endpoint below /api/v1/. */
export const ask = async (path: string): Promise<Answer> =>
  (await (await fetch(`http://${published('prometheus', 9090)}/api/v1/${path}`)).json()) as Answer

/** The one number that a query has for an answer, or undefined. */
export async function number(expression: string): Promise<number | undefined> {
  const [first] = (await ask(`query?query=${encodeURIComponent(expression)}`)).data.result ?? []
  return first?.value && Number(first.value[1])
}
