// @ts-check
import { baseUrl } from './asked.js'
import { asHtml } from './html.js'
import { reportOf } from './report.js'
import { asText } from './text.js'

/** @import { Data } from './report.js' */

// k6 makes no folders. This one is in the repository; another must be there before.
const folder = __ENV['SUMMARY_DIR'] || 'k6-results'

/**
 * A script's handleSummary: text for the terminal, and the same as JSON (with every metric) and as a page.
 * @param {string} script
 */
export const summary = (script) => (/** @type {Data} */ data) => {
  const report = reportOf(script, baseUrl, new Date(), data)
  const [page, raw] = [`${folder}/${script}.html`, `${folder}/${script}.json`]
  return {
    stdout: asText(report, [page, raw], data.state.isStdOutTTY && !__ENV['NO_COLOR']),
    [page]: asHtml(report),
    [raw]: `${JSON.stringify({ ...report, metrics: data.metrics }, null, 2)}\n`,
  }
}
