// Preferences of this browser: colors, whether covers may come from other sites, and whether clicks count.
import { usePreferredDark } from '@vueuse/core'
import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, watchEffect } from 'vue'

import { stored } from './stored'

const Theme = v.picklist(['auto', 'light', 'dark'])
export type Theme = v.InferOutput<typeof Theme>

export const usePreferences = defineStore('preferences', () => {
  const theme = stored('anime.theme', Theme, 'auto')
  const remoteCovers = stored('anime.covers', v.boolean(), true)
  const shaping = stored('anime.shaping', v.boolean(), true) // what is clicked shapes recommendations
  const prefersDark = usePreferredDark()
  const dark = computed(() => (theme.value === 'auto' ? prefersDark.value : theme.value === 'dark'))
  watchEffect(() => {
    document.documentElement.dataset.theme = dark.value ? 'dark' : 'light'
  })
  return { theme, dark, remoteCovers, shaping }
})
