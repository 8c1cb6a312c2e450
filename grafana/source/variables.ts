import { DatasourceVariableBuilder, QueryVariableBuilder, VariableRefresh, VariableSort } from '@grafana/grafana-foundation-sdk/dashboard'

/** The data source of every panel and variable. */
export const source = { type: 'prometheus', uid: '${datasource}' }

// One that every loop has and one that every balancer has: together they name every target.
const ours = '{__name__=~"evenloop_loop_utilization|evenloop_proxy_connections"'

export const datasource = (): DatasourceVariableBuilder =>
  new DatasourceVariableBuilder('datasource').label('Data source').description('The Prometheus to ask.').type('prometheus')

export const job = (): QueryVariableBuilder =>
  fromLabel('job', 'Job', `label_values(${ours}}, job)`, 'Scrape jobs; a cluster of containers has one for loops and one for balancers.')

export const instance = (): QueryVariableBuilder =>
  fromLabel(
    'instance',
    'Instance',
    `label_values(${ours}, job=~"$job"}, instance)`,
    'Scrape targets. Under a supervisor one target is a whole cluster: choose one where several are scraped.',
  )

const inScope = 'job=~"$job", instance=~"$instance"'

export const loop = (): QueryVariableBuilder =>
  fromLabel('loop', 'Loop', `label_values(evenloop_loop_utilization{${inScope}}, loop)`, 'Event loops, as they name themselves.')

export const balancer = (): QueryVariableBuilder =>
  fromLabel('balancer', 'Balancer', `label_values(evenloop_proxy_connections{${inScope}}, balancer)`, 'Balancer processes.')

export const upstream = (): QueryVariableBuilder =>
  fromLabel(
    'upstream',
    'Loop',
    `label_values(evenloop_proxy_requests_total{${inScope}, balancer=~"$balancer"}, loop)`,
    'Event loops, as the balancers name them.',
  )

export const route = (): QueryVariableBuilder =>
  fromLabel('route', 'Route', `label_values(evenloop_route_blocking_seconds_count{${inScope}}, route)`, 'Routes of the app.')

export const script = (): QueryVariableBuilder =>
  fromLabel(
    'script',
    'k6 script',
    'label_values(k6_http_reqs_total, script)',
    'The tag "script", which the scripts in k6/ set to their name.',
  )

export const k6Route = (): QueryVariableBuilder =>
  fromLabel('k6_route', 'k6 route', 'label_values(k6_http_reqs_total{script=~"$script"}, route)', 'The tag "route" of the k6 script.')

function fromLabel(name: string, label: string, query: string, description: string): QueryVariableBuilder {
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .description(description)
      .datasource(source)
      .query({ qryType: 1, query, refId: `Variable-${name}` })
      .definition(query)
      .multi(true)
      .includeAll(true)
      // Not the list of what there was when the page was opened: loops come and go.
      .allValue('.*')
      .current({ text: ['All'], value: ['$__all'] })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.NaturalAsc)
  )
}
