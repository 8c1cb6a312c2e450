import { looks } from './marker.ts'

const each = (rule: (look: number) => string): string => Array.from({ length: looks }, (_, look) => rule(look)).join('\n')

// A legend's entry that is pointed at brings its line out. As many as a chart has room for.
const pointed = Array.from({ length: 12 }, (_, at) => `.chart:has(.key-${at}:hover) .series:not(.at-${at})`).join(', ')

/** How charts look: wide with the legend beside, narrow with it below, letters legible in both. */
export const chartStyle = `
.chart { container-type: inline-size; margin: 0 0 1.75rem; padding: 1.2rem 1.35rem 0.8rem; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
.chart figcaption p { margin-bottom: 0.7em; color: var(--soft); font-size: 0.97rem; line-height: 1.5; }
.chart-body { display: grid; grid-template-columns: minmax(0, 1fr) 16.5rem; gap: 1.5rem; align-items: center; }
.plot { display: block; width: 100%; height: auto; overflow: visible; touch-action: pan-y; }
.plot text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.plot .name, .plot .mark-label { fill: var(--text); font-size: 12.5px; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--soft); fill: none; }
.mark { stroke: var(--soft); stroke-dasharray: 4 4; fill: none; }
.mark-label { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.stroke { fill: none; stroke: var(--colour); stroke-width: 2; stroke-linejoin: round; }
.emphasis .stroke { stroke-width: 3.5; stroke-dasharray: none; }
.marker { fill: var(--colour); stroke: var(--card); stroke-width: 1; }
.marker.hollow { fill: var(--card); stroke: var(--colour); stroke-width: 1.8; }
.reference { --colour: var(--soft); }
${each((look) => `.look-${look} { --colour: var(--look-${look}); }`)}
.guide-line { stroke: var(--text); stroke-opacity: 0.45; fill: none; }
.rings { fill: none; stroke: var(--text); stroke-width: 1.4; }
.beside { min-width: 0; font-size: 0.92rem; line-height: 1.35; }
.at { min-height: 1.35em; margin: 0 0 0.4rem; font-weight: 600; }
.legend { margin: 0; padding: 0; list-style: none; }
.legend li { display: grid; grid-template-columns: 2.1rem minmax(0, 1fr) auto; gap: 0.5rem; align-items: center; padding: 0.22rem 0; border-bottom: 1px solid var(--grid); }
.legend li + li { margin: 0; }
.legend li:last-child { border-bottom: 0; }
.legend .emphasis { font-weight: 650; }
.legend .value { font-variant-numeric: tabular-nums; white-space: nowrap; }
.swatch { display: block; width: 2.1rem; height: 0.95rem; overflow: visible; }
.series { transition: opacity 120ms; }
${pointed} { opacity: 0.12; }
.nothing { padding: 2rem 0; color: var(--soft); text-align: center; }
.chart details { margin-top: 0.5rem; }
@container (max-width: 46rem) {
  .chart-body { grid-template-columns: minmax(0, 1fr); gap: 0.5rem; }
  .at:empty { display: none; }
  .legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; font-size: 0.86rem; }
  .legend li { display: flex; border: 0; }
}
@container (max-width: 30rem) {
  .plot text { font-size: 18px; }
  .plot .name, .plot .mark-label { font-size: 18px; }
}
@media (max-width: 30rem) {
  .chart { margin-inline: -0.5rem; padding: 1rem 0.85rem 0.6rem; }
}
@media (prefers-reduced-motion: reduce) {
  .series { transition: none; }
  html { scroll-behavior: auto; }
}
`
