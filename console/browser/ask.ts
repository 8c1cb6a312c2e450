import { byId, setText } from './dom.ts'

export interface Question {
  readonly title: string
  readonly text: string
  /** What the button says that does it. */
  readonly act: string
  /** Asks for a whole number as well. */
  readonly number?: { readonly label: string; readonly value: number; readonly min: number; readonly max: number }
}

/** Asks before something is done; resolves with the number (0 where none was asked for), or undefined when it was left. */
export function ask({ title, text, act, number }: Question): Promise<number | undefined> {
  const dialog = byId('ask') as HTMLDialogElement
  const form = dialog.querySelector('form')!
  const input = byId('ask-number') as HTMLInputElement
  setText(byId('ask-title'), title)
  setText(byId('ask-text'), text)
  setText(byId('ask-act'), act)
  byId('ask-field').hidden = number === undefined
  input.disabled = number === undefined
  if (number !== undefined) {
    setText(byId('ask-label'), number.label)
    input.min = String(number.min)
    input.max = String(number.max)
    input.value = String(number.value)
  }
  return new Promise((resolve) => {
    let answer: number | undefined
    const done = new AbortController()
    form.addEventListener(
      'submit',
      (event) => {
        event.preventDefault()
        answer = number === undefined ? 0 : input.valueAsNumber
        dialog.close()
      },
      { signal: done.signal },
    )
    byId('ask-cancel').addEventListener('click', () => dialog.close(), { signal: done.signal })
    dialog.addEventListener(
      'close',
      () => {
        done.abort()
        resolve(answer)
      },
      { signal: done.signal },
    )
    dialog.showModal()
    if (number !== undefined) input.select()
  })
}
