import { change, download } from './api.ts'
import { ask } from './ask.ts'
import type { Toasts } from './toasts.ts'

const profileSeconds = 5

/** What the page's buttons do. Changes ask first; how each ended is said. */
export class Actions {
  readonly #toasts: Toasts
  /** How many loops there are now. */
  loops = 1

  constructor(toasts: Toasts) {
    this.#toasts = toasts
  }

  async reload(): Promise<void> {
    const yes = await ask({
      title: 'Reload every loop?',
      text: 'New processes with the code as it is on disk take over, one loop after the other. No request is dropped.',
      act: 'Reload',
    })
    if (yes === undefined) return
    await this.#do('reload', async () => {
      const { generation } = await change('/api/reload?wait=1')
      return `Reloaded: generation ${generation as number} runs`
    })
  }

  async scale(): Promise<void> {
    const loops = await ask({
      title: 'Scale',
      text: 'Loops that are added start before they get requests; those that go finish theirs first.',
      act: 'Scale',
      number: { label: 'Number of loops', value: this.loops, min: 1, max: 1_024 },
    })
    if (loops === undefined || loops === this.loops) return
    await this.#do('scale', async () => {
      await change('/api/scale?wait=1', { loops })
      return `${loops} ${loops === 1 ? 'loop runs' : 'loops run'}`
    })
  }

  async replace(id: string): Promise<void> {
    const yes = await ask({
      title: `Replace loop ${id}?`,
      text: 'A new process takes over; the old one finishes its requests and goes. No request is dropped.',
      act: 'Replace',
    })
    if (yes === undefined) return
    await this.#do(`replace loop ${id}`, async () => {
      await change(`${pathOf(id)}/drain?wait=1`)
      return `Loop ${id} is a new process`
    })
  }

  profile(id: string, pressed: HTMLButtonElement): Promise<void> {
    return this.#save(pressed, 'a CPU profile', id, () =>
      download(`${pathOf(id)}/profile`, { seconds: profileSeconds }, `evenloop-loop${id}.cpuprofile`),
    )
  }

  heap(id: string, pressed: HTMLButtonElement): Promise<void> {
    return this.#save(pressed, 'a heap snapshot', id, () => download(`${pathOf(id)}/heap-snapshot`, {}, `evenloop-loop${id}.heapsnapshot`))
  }

  async #save(pressed: HTMLButtonElement, what: string, id: string, save: () => Promise<void>): Promise<void> {
    // Not `disabled`: that would take the focus from who uses the keyboard.
    if (pressed.getAttribute('aria-busy') === 'true') return
    pressed.setAttribute('aria-busy', 'true')
    await this.#do(`take ${what} of loop ${id}`, async () => {
      await save()
      return `Saved ${what} of loop ${id}: open it in the developer tools of Chrome`
    })
    pressed.setAttribute('aria-busy', 'false')
  }

  async #do(what: string, act: () => Promise<string>): Promise<void> {
    try {
      this.#toasts.say(await act())
    } catch (error) {
      this.#toasts.say(`Could not ${what}: ${(error as Error).message}`, true)
    }
  }
}

const pathOf = (id: string): string => `/api/loops/${encodeURIComponent(id)}`
