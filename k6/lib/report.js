// @ts-check
/**
 * What k6 hands to handleSummary, as far as it is used here.
 * @typedef {Object} Metric
 * @property {'counter' | 'gauge' | 'rate' | 'trend'} type
 * @property {Record<string, number>} values
 * @property {Record<string, { ok: boolean }>} [thresholds]
 *
 * @typedef {Object} Data
 * @property {Record<string, Metric>} metrics
 * @property {{ checks: readonly { name: string, passes: number, fails: number }[] }} root_group
 * @property {{ testRunDurationMs: number, isStdOutTTY: boolean }} state
 */

/**
 * A run in the terms of a reader. Times are in milliseconds, shares from 0 to 1.
 * @typedef {Object} Timing
 * @property {string} name a route, or what else was timed
 * @property {number} count
 * @property {number} failed the share
 * @property {number} med
 * @property {number} p95
 * @property {number} p99
 * @property {number} max
 *
 * @typedef {Object} Report
 * @property {string} script
 * @property {string} url
 * @property {string} ended ISO 8601
 * @property {boolean} passed every threshold was kept
 * @property {number} seconds
 * @property {number} requests WebSocket sessions count as one each
 * @property {number} perSecond
 * @property {number} failed
 * @property {number} shed refused as overloaded
 * @property {number} dropped requests that were due and could not be sent
 * @property {number | undefined} offered the highest rate, where the script looks for it
 * @property {Timing[]} timings
 * @property {{ metric: string, limit: string, actual: number, ok: boolean }[]} thresholds
 * @property {{ name: string, passes: number, fails: number }[]} checks
 */

/** @type {(script: string, url: string, ended: Date, data: Data) => Report} */
export function reportOf(script, url, ended, { metrics, root_group, state }) {
  /** @type {(metric: string, value: string) => number} */
  const value = (metric, value) => metrics[metric]?.values[value] ?? 0
  const thresholds = Object.entries(metrics)
    .flatMap(([metric, { values, thresholds = {} }]) =>
      Object.entries(thresholds).map(([limit, { ok }]) => ({ metric, limit, actual: values[statOf(limit)] ?? 0, ok })),
    )
    .sort((a, b) => Number(a.ok) - Number(b.ok) || a.metric.localeCompare(b.metric))
  return {
    script,
    url,
    ended: ended.toISOString(),
    passed: thresholds.every(({ ok }) => ok),
    seconds: state.testRunDurationMs / 1000,
    requests: value('http_reqs', 'count') + value('ws_sessions', 'count'),
    perSecond: value('http_reqs', 'rate') + value('ws_sessions', 'rate'),
    failed: value('http_req_failed', 'rate'),
    shed: value('shed', 'rate'),
    dropped: value('dropped_iterations', 'count'),
    offered: metrics['offered_rate']?.values['max'],
    timings: Object.entries(metrics)
      .sort(([a], [b]) => a.localeCompare(b))
      .flatMap(([name, { values }]) => {
        const [, trend, route] = /^(http_req_duration|ws_round_trip|ws_connecting)\{route:(.*)\}$/.exec(name) ?? []
        if (trend === undefined || route === undefined || !values['count']) return []
        const { count, med = 0, max = 0, 'p(95)': p95 = 0, 'p(99)': p99 = 0 } = values
        const of = { http_req_duration: '', ws_round_trip: ' message and back', ws_connecting: ' connecting' }[trend]
        return [{ name: route + of, count, failed: value(`http_req_failed{route:${route}}`, 'rate'), med, p95, p99, max }]
      }),
    thresholds,
    checks: root_group.checks.map(({ name, passes, fails }) => ({ name, passes, fails })),
  }
}

/** The statistic that a limit such as "p(99)<250" is about. */
/** @type {(limit: string) => string} */
const statOf = (limit) => limit.split(/[<>=!]/, 1)[0]?.trim() ?? ''
