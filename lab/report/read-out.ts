/**
 * The page's only script: it shows a chart's values where the pointer is, or where the arrow keys have gone. Without it all
 * is there to be read, in lines and tables. A string, because it runs in the reader's browser and lies within the page.
 */
export const readOutScript = `'use strict'
for (const figure of document.querySelectorAll('figure[data-readings]')) {
  const { width, height, places, names } = JSON.parse(figure.dataset.readings)
  const plot = figure.querySelector('.plot')
  if (plot === null) continue
  const guide = plot.querySelector('.guide')
  const [line, rings] = guide.children
  const values = figure.querySelectorAll('.legend .value')
  const [above, said] = [figure.querySelector('.at'), figure.querySelector('[aria-live]')]
  // A page may let its reader hide some of the lines.
  const seen = (place, at) => place.values[at] !== null && values[at].offsetParent !== null
  let now = -1
  const ring = (x, y) => 'M' + (x - 7) + ' ' + y + 'a7 7 0 1 0 14 0a7 7 0 1 0-14 0'
  const show = (index, aloud) => {
    if (index === now) return
    now = index
    const place = places[index]
    guide.setAttribute('visibility', place === undefined ? 'hidden' : 'visible')
    above.textContent = place?.text ?? ''
    values.forEach((value, at) => (value.textContent = place?.values[at]?.[0] ?? ''))
    if (place === undefined) return (said.textContent = '')
    line.setAttribute('d', 'M' + place.x + ' 40V' + (height - 56))
    rings.setAttribute('d', names.map((_, at) => (seen(place, at) ? ring(place.x, place.values[at][1]) : '')).join(''))
    const known = names.flatMap((name, at) => (seen(place, at) ? [name + ' ' + place.values[at][0]] : []))
    if (aloud) said.textContent = place.text + '. ' + known.join('; ')
  }
  const nearest = (x) => places.reduce((best, place, at) => (Math.abs(place.x - x) < Math.abs(places[best].x - x) ? at : best), 0)
  const point = (event) => {
    const box = plot.getBoundingClientRect()
    show(nearest(((event.clientX - box.left) / box.width) * width), false)
  }
  plot.addEventListener('pointermove', point)
  plot.addEventListener('pointerdown', point)
  plot.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && show(-1, false))
  plot.tabIndex = 0
  plot.addEventListener('blur', () => show(-1, false))
  plot.addEventListener('focus', () => plot.matches(':focus-visible') && show(0, true))
  const keys = { ArrowRight: () => Math.min(now + 1, places.length - 1), ArrowLeft: () => Math.max(now - 1, 0), Home: () => 0, End: () => places.length - 1, Escape: () => -1 }
  plot.addEventListener('keydown', (event) => {
    const to = keys[event.key]
    if (to === undefined) return
    event.preventDefault()
    show(to(), true)
  })
}
`
