import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../grafana/dashboards/', import.meta.url)

export interface Source {
  readonly type: string
  readonly uid: string
}

export interface Target {
  readonly refId: string
  readonly expr: string
  readonly legendFormat?: string
  readonly format?: string
  readonly datasource?: Source
  readonly instant?: boolean
  readonly range?: boolean
}

/** What of a dashboard's JSON the tests look at. A row has panels only where it is collapsed. */
export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: Source
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly Target[]
  readonly repeat?: string
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
}

interface Variable {
  readonly name: string
  readonly type: string
  readonly label?: string
  readonly description?: string
  readonly allValue?: string
  readonly query: string | { readonly query: string }
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly editable: boolean
  readonly refresh: string
  readonly schemaVersion: number
  readonly time: { readonly from: string; readonly to: string }
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] }
  readonly links: readonly {
    readonly type: string
    readonly tags: readonly string[]
    readonly includeVars: boolean
    readonly keepTime: boolean
  }[]
}

/** A question that a dashboard asks, and where it asks it. */
export interface Question {
  readonly where: string
  readonly expr: string
}

export const dashboardFiles = (): string[] => readdirSync(folder).toSorted()

export const readDashboardText = (file: string): string => readFileSync(new URL(file, folder), 'utf8')

export const readDashboard = (file: string): Dashboard => JSON.parse(readDashboardText(file)) as Dashboard

/** Every query of every panel and of every mark. */
export function questionsOf({ title, panels, annotations }: Dashboard): Question[] {
  return [
    ...panels.flatMap((panel) => (panel.targets ?? []).map(({ refId, expr }) => ({ where: `${title} / ${panel.title} / ${refId}`, expr }))),
    ...annotations.list.map(({ name, expr }) => ({ where: `${title} / mark ${name}`, expr })),
  ]
}

/** Variables that ask Prometheus for the values of a label: `label_values(SERIES, LABEL)`. */
export function labelVariables({ templating }: Dashboard): { readonly name: string; readonly series: string; readonly label: string }[] {
  return templating.list.flatMap(({ name, type, query }) => {
    if (type !== 'query') return []
    const match = /^label_values\((.+), (\w+)\)$/.exec(typeof query === 'string' ? query : query.query)
    if (match === null) throw new Error(`the variable ${name} is no label_values(SERIES, LABEL)`)
    return [{ name, series: match[1]!, label: match[2]! }]
  })
}

/** Names of the variables that a text refers to, Grafana's own left out. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!).filter((name) => !name.startsWith('__'))

/**
 * The text as Grafana sends it. A choice of several values becomes one regular expression, each value escaped as Grafana's
 * Prometheus data source does it.
 */
export function interpolate(text: string, chosen: Readonly<Record<string, readonly string[]>>, rateInterval: string): string {
  return text.replaceAll('$__rate_interval', rateInterval).replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    const values = chosen[name]
    if (values === undefined) throw new Error(`${text} refers to ${whole}, which is no variable`)
    return values.length === 1 ? values[0]! : `(${values.join('|')})`
  })
}

/** In a double-quoted string of PromQL a backslash is itself escaped. */
export const escaped = (value: string): string => value.replaceAll(/[\\^$*+?.()|{}[\]]/g, '\\\\$&')
