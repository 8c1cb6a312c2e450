/**
 * The console's script, run by the browser as it stands here. Text from the cluster reaches the page through
 * textContent alone: an app's error message must not become markup.
 */
export const pageScript = `
'use strict'
const percent = (value) => Math.round(value * 100) + ' %'
const mebibytes = (value) => (value / 1048576).toFixed(0) + ' MiB'
const millis = (value) => value.toFixed(1) + ' ms'
const plain = (value) => String(value)
const loopColumns = [
  ['id', 'loop', plain], ['state', 'state', plain], ['pid', 'pid', plain], ['generation', 'generation', plain],
  ['inFlight', 'in flight', plain], ['requests', 'requests', plain], ['utilization', 'utilization', percent],
  ['delayP99Ms', 'delay p99', millis], ['rssBytes', 'memory', mebibytes], ['restarts', 'restarts', plain],
]
const balancerColumns = [
  ['id', 'balancer', plain], ['state', 'state', plain], ['pid', 'pid', plain], ['connections', 'connections', plain],
  ['inFlight', 'in flight', plain], ['queued', 'queued', plain], ['requests', 'requests', plain],
]
const byId = (id) => document.getElementById(id)

function cell(kind, text, name) {
  const node = document.createElement(kind)
  node.textContent = text
  if (name) node.className = name
  return node
}

function fill(id, columns, entries) {
  const head = document.createElement('tr')
  for (const [, title] of columns) head.append(cell('th', title))
  byId(id + '-head').replaceChildren(head)
  byId(id).replaceChildren(...entries.map((entry) => {
    const row = document.createElement('tr')
    for (const [key, , show] of columns) row.append(cell('td', show(entry[key]), key === 'state' ? entry[key] : ''))
    return row
  }))
}

const events = new EventSource('/api/events')
events.onmessage = (event) => {
  const status = JSON.parse(event.data)
  const reload = status.reload.state === 'idle' ? '' : ' · reload ' + status.reload.state + (status.reload.message ? ': ' + status.reload.message : '')
  const summary = byId('summary')
  summary.className = ''
  summary.textContent = status.listen + ' · ' + status.model + ' · version ' + status.version + ' · up ' + Math.round(status.uptimeSeconds) + ' s' + reload
  fill('loops', loopColumns, status.loops.map((loop) => (loop.blocked ? { ...loop, state: 'blocked' } : loop)))
  fill('balancers', balancerColumns, status.balancers)
}
events.onerror = () => {
  const summary = byId('summary')
  summary.className = 'lost'
  summary.textContent = 'no answer from the supervisor; trying again'
}
`
