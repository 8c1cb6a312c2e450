// Loaded before the page is drawn, so that a chosen theme does not flash up in the other one first.

const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const key = 'evenloop-theme'

/** Tells those who paint by hand, as the charts do, that the colours are others now. */
export const themeChanges = new EventTarget()

export function currentTheme(): Theme {
  return themes.find((theme) => theme === document.documentElement.dataset['theme']) ?? 'auto'
}

export function nextTheme(): Theme {
  const next = themes[(themes.indexOf(currentTheme()) + 1) % themes.length]!
  document.documentElement.dataset['theme'] = next
  try {
    localStorage.setItem(key, next)
  } catch {
    // A browser that keeps nothing shows the theme until the page is closed.
  }
  themeChanges.dispatchEvent(new Event('change'))
  return next
}

function remembered(): Theme {
  try {
    const value = localStorage.getItem(key)
    return themes.find((theme) => theme === value) ?? 'auto'
  } catch {
    return 'auto'
  }
}

document.documentElement.dataset['theme'] = remembered()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => themeChanges.dispatchEvent(new Event('change')))
