const hidden = (at: number): string => `main:has(#show-${at}:not(:checked)) .chart :is(.at-${at}, .key-${at}) { display: none; }`

/** How the parts of a comparison look that no other page has. */
export const compareStyle = (models: number): string => `
.order { margin-bottom: 0.3em; }
aside { margin: 0 0 1.25rem; padding: 1rem 1.6rem 0.2rem; border: 1px dashed var(--soft); border-radius: 14px; font-size: 0.97rem; }
aside p { margin-bottom: 0.4em; }
.fits { display: inline-block; margin-top: 0.15rem; padding: 0.05rem 0.5rem; border-radius: 99px; background: var(--accent-tint); color: var(--accent); font-size: 0.8rem; font-weight: 600; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.8rem 1.5rem; max-width: none; }
.facts dt { color: var(--soft); font-size: 0.9rem; }
.facts dd { margin: 0; }
.choice { display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; margin: 0 0 1.25rem; padding: 0.5rem 1rem 0.7rem; border: 1px solid var(--line); border-radius: 12px; font-size: 0.95rem; }
.choice label { display: inline-flex; align-items: center; gap: 0.45rem; min-height: 1.9rem; }
.choice input { width: 1.05rem; height: 1.05rem; accent-color: var(--accent); }
.by-hand { margin-bottom: 0; }
@media print { .choice { display: none; } }
${Array.from({ length: models }, (_, at) => hidden(at)).join('\n')}
`
