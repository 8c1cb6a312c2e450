import { asyncDrawing, hybridDrawing, loopIcon, processIcon, queueIcon, syncDrawing, threadIcon } from './drawings.ts'
import { markup, type Html } from './markup.ts'
import type { Section } from './page.ts'

/** The words of a report, for someone who has never heard of an event loop. */
export const lesson: Section = {
  id: 'words',
  title: 'In plain words',
  body: markup`<p>Think of an office. Customers are <b>requests</b>: each asks the app for something. Clerks are <b>workers</b>: each runs a copy of the app.
Much of what customers need takes time elsewhere: a form from the archive, a call to another office. What does the clerk do meanwhile? That is the difference.</p>
<div class="ways">
${way(syncDrawing, 'Synchronous: one clerk, one customer at a time', 'While the customer waits for the archive, so does the clerk. Simple, and nobody disturbs anybody; but it needs as many clerks as customers who wait at once.')}
${way(asyncDrawing, 'Asynchronous: one clerk, many customers', 'Whoever has to wait sits down, and the clerk serves the next. One clerk has hundreds under way. But a customer who talks for an hour without a pause keeps all of them waiting.')}
${way(hybridDrawing, 'Hybrid: many such clerks, and someone at the door', 'A clerk for each core of the machine. At the door the balancer sees who is least busy. Customers with long jobs can have a counter of their own.')}
</div>
<dl class="words">
${word('Process', 'A running program, with memory of its own. When one dies, the others go on.', processIcon)}
${word('Thread', 'A line of work within a process. Several cost less memory than as many processes, but what ends the process ends them all.', threadIcon)}
${word('Event loop', 'The clerk of the asynchronous office: does one thing at a time, has many under way, and goes round and round among those that can go on.', loopIcon)}
${word('Queue', 'Where requests wait until a worker takes them. It lies in the balancer, so that whoever is free first takes the next.', queueIcon)}
${word('Context switch', 'The machine has a few cores and many workers: now and then a core puts one worker aside and takes up another. Each time costs a little. It is voluntary when the worker had to wait, involuntary when it had more to do and was interrupted.')}
${word('p50, p99, p99.9', 'Half of the answers came within p50, 99 of 100 within p99, 999 of 1,000 within p99.9. Averages hide slow answers; these do not.')}
</dl>`,
}

function way(drawing: Html, title: string, text: string): Html {
  return markup`<div class="card">${drawing}<h3>${title}</h3><p>${text}</p></div>`
}

function word(name: string, text: string, icon?: Html): Html {
  return markup`<div><dt>${icon}${name}</dt><dd>${text}</dd></div>`
}
