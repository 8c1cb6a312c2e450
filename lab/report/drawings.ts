import { Html, markup } from './markup.ts'

// Drawn with classes, not colours, so that they follow light and dark.

const person = (x: number, y: number, kind: string): Html =>
  markup`<g class="${kind}" transform="translate(${x} ${y})"><circle cy="-9" r="6.5" /><path d="M-10 11a10 11 0 0 1 20 0z" /></g>`

/** Someone who waits for something from elsewhere, as a request waits for a database. */
const waiting = (x: number, y: number, kind = 'customer'): Html =>
  markup`${person(x, y, kind)}<g class="clock" transform="translate(${x + 12} ${y - 18})"><circle r="6.5" /><path d="M0-3.6V0L2.6 1.6" /></g>`

const desk = (x: number, y: number, half = 26): Html =>
  markup`<rect class="desk" x="${x - half}" y="${y}" width="${half * 2}" height="9" rx="3" />`

const said = (x: number, y: number, text: string): Html => markup`<text x="${x}" y="${y}" text-anchor="middle">${text}</text>`

const arrow = (line: string, tip: string): Html => markup`<path class="way" d="${line}" /><path class="tip" d="${tip}" />`

const drawing = (title: string, what: Html): Html =>
  markup`<svg class="drawing" viewBox="0 0 320 200" role="img"><title>${title}</title>${what}</svg>`

/** One clerk for one customer at a time. */
export const syncDrawing = drawing(
  'Three counters. At each stands one customer; two clerks wait together with theirs. Four more customers queue.',
  markup`${[20, 50, 80, 110].map((x) => person(x, 120, 'customer'))}${arrow('M130 120H150', 'M148 114l8 6l-8 6z')}
${[182, 236, 290].map((x) => desk(x, 84, 21))}
${waiting(182, 64, 'clerk idle')}${person(236, 64, 'clerk')}${waiting(290, 64, 'clerk idle')}
${waiting(182, 120)}${person(236, 120, 'customer')}${waiting(290, 120)}
${said(65, 158, 'queue')}${said(236, 36, 'clerks')}${said(236, 158, 'one customer each')}`,
)

/** One clerk who turns to the next while others wait. */
export const asyncDrawing = drawing(
  'One counter. The clerk serves one customer; five others, who wait for something, sit on a bench and are called again.',
  markup`${desk(160, 70)}${person(160, 50, 'clerk')}${person(160, 106, 'customer')}
${[56, 108, 160, 212, 264].map((x) => waiting(x, 164))}<path class="bench" d="M30 178H290" />
${arrow('M184 100C226 100 240 118 244 132', 'M238.500 130l6.500 8l4.500-9.500z')}${arrow('M76 134C80 118 96 100 128 100', 'M126 94l9 6l-9 6z')}
${said(160, 24, 'one clerk')}${said(160, 197, 'waiting costs the clerk nothing')}`,
)

/** Several such clerks, and someone at the door. */
export const hybridDrawing = drawing(
  'Someone at the door sends customers to the counter that is least busy. Two clerks serve many customers each; one counter apart is for long jobs.',
  markup`${person(26, 108, 'door')}${arrow('M44 96C56 78 66 72 80 70', 'M77 64l9 5.500l-8.500 6z')}${arrow('M46 108H80', 'M78 102l9 6l-9 6z')}${arrow('M44 120C56 142 66 150 80 152', 'M78 146l8.500 6.500l-9 5.500z')}
${[52, 118].map((y) => markup`<g transform="translate(0 ${y})"><rect class="desk" x="134" y="-22" width="9" height="44" rx="3" />${person(116, 0, 'clerk')}${person(166, 0, 'customer')}${[204, 244, 284].map((x) => waiting(x, 0))}<path class="bench" d="M186 14H302" /></g>`)}
<path class="apart" d="M96 148H306" /><rect class="desk" x="134" y="157" width="9" height="36" rx="3" />${person(116, 178, 'clerk')}${person(166, 178, 'customer')}
${said(26, 140, 'door')}<text x="190" y="181">for long jobs only</text>`,
)

const icon = (what: Html): Html => markup`<svg class="icon" viewBox="0 0 72 52" aria-hidden="true">${what}</svg>`

const frame = new Html('<rect class="desk-line" x="10" y="4" width="52" height="44" rx="8" />')
const line = (x: number): Html => markup`<path class="way" d="M${x} 12q5 4.700 0 9.300t0 9.300t0 9.300" />`

export const processIcon = icon(
  markup`${frame}${line(24)}<rect class="soft-box" x="36" y="13" width="18" height="10" rx="2" /><rect class="soft-box" x="36" y="28" width="18" height="10" rx="2" />`,
)
export const threadIcon = icon(markup`${frame}${[22, 34, 46].map(line)}`)
export const loopIcon = icon(
  markup`<path class="way" d="M52 16A19 19 0 1 0 55 27" /><path class="tip" d="M46 15.500l11 4l1-11z" />${[
    [24, 12],
    [18, 31],
    [36, 45],
    [52, 36],
  ].map(([x, y]) => markup`<circle class="dot" cx="${x!}" cy="${y!}" r="4.500" />`)}`,
)
export const queueIcon = icon(
  markup`${[8, 20, 32].map((x) => markup`<circle class="dot" cx="${x}" cy="26" r="4.500" />`)}<path class="way" d="M40 26H45" /><rect class="desk-line" x="49" y="12" width="19" height="28" rx="5" />`,
)
