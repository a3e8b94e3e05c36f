// The colors and the font of the page, for a canvas, which knows no CSS variables.
import { type Ref, ref, watch } from 'vue'

import { usePreferences } from '@/stores/preferences'

interface ChartTheme {
  accent: string
  muted: string
  text: string
  line: string
  font: string
}

/** Follows the theme of the page. */
export function useChartTheme(): Readonly<Ref<ChartTheme>> {
  const preferences = usePreferences()
  const theme = ref(read())
  // after the page has taken the theme
  watch(
    () => preferences.dark,
    () => (theme.value = read()),
    { flush: 'post' },
  )
  return theme
}

function read(): ChartTheme {
  const probe = document.body.appendChild(document.createElement('span'))
  const style = getComputedStyle(probe)
  const color = (token: string) => {
    probe.style.color = `var(${token})`
    return style.color
  }
  const theme = {
    accent: color('--accent'),
    muted: color('--control-line'),
    text: color('--text-2'),
    line: color('--line'),
    font: style.fontFamily,
  }
  probe.remove()
  return theme
}
