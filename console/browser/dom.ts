/** The few things that every part of the page does to the document. Text from the cluster enters it here, as text alone. */

export function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = '', text = ''): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  if (text !== '') element.textContent = text
  return element
}

/** Touches the document only where the text differs, which spares layout and a screen reader. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/** @throws Error where index.html has no such element */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no element #${id}`)
  return element
}

export function button(text: string, label: string, act: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const element = make('button', '', text)
  element.type = 'button'
  element.setAttribute('aria-label', label)
  element.title = label
  element.addEventListener('click', () => act(element))
  return element
}
