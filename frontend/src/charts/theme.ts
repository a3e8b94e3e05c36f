// The colours and the font of the page, for a canvas, which knows no CSS variables.
import { type Ref, ref, watch } from 'vue'

import { usePreferences } from '@/stores/preferences'

export interface ChartTheme {
  accent: string
  muted: string
  text: string
  line: string
  surface: string
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
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return {
    accent: token('--accent'),
    muted: token('--control-line'),
    text: token('--text-2'),
    line: token('--line'),
    surface: token('--surface'),
    font: token('--font'),
  }
}
