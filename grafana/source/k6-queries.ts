/** What k6 writes to Prometheus has no labels of a scrape, but the tags of the script. */
export const ofScript = 'script=~"$script"'
export const k6 = (name: string, ...matchers: string[]): string => `k6_${name}{${[ofScript, 'route=~"$k6_route"', ...matchers].join(', ')}}`
export const k6Rate = (name: string, ...matchers: string[]): string => `rate(${k6(name, ...matchers)}[$__rate_interval])`
/** k6 counts these before it has chosen a route. */
export const dropped = `k6_dropped_iterations_total{${ofScript}}`
