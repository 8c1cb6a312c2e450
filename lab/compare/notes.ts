import { amount, timeText, percentText } from '../figures.ts'
import type { ModelResult } from './comparison.ts'

/** A client that is later than this says more about itself than about the server. */
const lateMs = 25
/** Of all CPUs: a machine that is otherwise idle keeps less busy. */
const busyShare = 0.1
/** Failures up to this share are none of the model's doing. */
const failedShare = 0.001

/** What a reader should know before believing figures. */
export function notesOf(models: readonly ModelResult[], cpus: number): string[] {
  const steps = models.flatMap((model) => model.steps)
  const late = steps.flatMap(({ saturated, clientLateMs = 0 }) => (!saturated && clientLateMs > lateMs ? [clientLateMs] : []))
  const notes = models.flatMap(({ title, steps: own }) =>
    own
      .filter((step) => step.failed > failedShare * step.sent)
      .map(
        ({ offered, failed, sent }) =>
          `At ${amount(offered)} requests a second under “${title}” ${percentText(failed / sent)} of the requests failed: neither answered by 2xx or 3xx nor refused.`,
      ),
  )
  const other = steps.reduce((sum, { otherCpus = 0 }) => sum + otherCpus, 0) / Math.max(1, steps.length)
  if (other > busyShare * cpus)
    notes.push(
      `Something else kept ${amount(other)} of ${cpus} CPUs busy meanwhile: these figures say little about the models. Let nothing else run, and compare again.`,
    )
  if (late.length > 0)
    notes.push(
      `In ${late.length} of ${steps.length} steps the client itself was late, by up to ${timeText(Math.max(...late))} (p99), because no CPU was free for it: the times of those steps are partly its own.`,
    )
  return notes
}
