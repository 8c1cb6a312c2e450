/** How the drawings and words of the lesson look. */
export const lessonStyle = `
.ways { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; margin: 1.25rem 0 1.75rem; }
.card { padding: 1.1rem 1.2rem 0.3rem; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
.card h3 { margin-top: 0.8rem; text-wrap: wrap; }
.card p { font-size: 0.98rem; line-height: 1.5; }
.drawing { display: block; width: 100%; max-width: 24rem; height: auto; margin: 0 auto; }
.drawing text { fill: var(--soft); font-size: 13px; }
.customer { fill: var(--look-1); }
.clerk { fill: var(--look-0); }
.clerk.idle { fill: var(--card); stroke: var(--look-0); stroke-width: 1.8; }
.door { fill: var(--look-2); }
.desk, .bench { fill: var(--soft); }
.bench { stroke: var(--soft); stroke-width: 3; stroke-linecap: round; }
.clock circle { fill: var(--card); stroke: var(--text); stroke-width: 1.3; }
.clock path { fill: none; stroke: var(--text); stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; }
.way { fill: none; stroke: var(--soft); stroke-width: 2; stroke-linecap: round; }
.tip { fill: var(--soft); }
.apart { fill: none; stroke: var(--soft); stroke-dasharray: 4 4; }
.desk-line { fill: none; stroke: var(--look-0); stroke-width: 2; }
.soft-box { fill: var(--accent-tint); stroke: var(--look-0); }
.dot { fill: var(--look-1); }
.words { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.1rem 2rem; max-width: none; }
.words dt { display: flex; align-items: center; gap: 0.7rem; font-weight: 650; }
.words dd { margin: 0.15rem 0 0; font-size: 0.98rem; line-height: 1.5; }
.icon { width: 3.6rem; height: 2.6rem; flex: none; }
@media (max-width: 48rem) {
  .ways, .words { grid-template-columns: minmax(0, 1fr); }
}
`
