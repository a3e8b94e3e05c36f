// The page of recommendations that is on the screen: it stays while another page is looked at, so that going back
// leads to the same place, and what has been read of it stays where it is when it answers to a click.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import type { components } from '@/api/schema'
import type { Act } from '@/events/session'

export const STEP = 24
export const MOST = 100 // as the API takes

export interface Page {
  answer: components['schemas']['RecommendationAnswer']
  topic: string // the list and the knobs that it is for
  kept: number // titles at its top that are where they were
  acts: readonly Act[] // that it answers to
}

export const usePage = defineStore('page', () => {
  const limit = ref(STEP) // how many titles are asked for
  const current = shallowRef<Page>()
  let onScreen = new Set<number>() // what of it has ever been
  const seen = new Set<number>() // what of any page has been for long enough to be read

  function show(page: Page): void {
    if (page.topic !== current.value?.topic) onScreen = new Set()
    current.value = page
  }

  function pass(animeId: number): void {
    onScreen.add(animeId)
  }

  /** False: it has been seen before. */
  function see(animeId: number): boolean {
    return !seen.has(animeId) && Boolean(seen.add(animeId))
  }

  /** The titles as far down as somebody has come, in order; none of a page for something else. */
  function read(topic: string): number[] {
    if (current.value?.topic !== topic) return []
    const ids = current.value.answer.items.map(({ anime_id }) => anime_id)
    return ids.slice(0, Math.max(0, ...ids.map((id, at) => (onScreen.has(id) ? at + 1 : 0))))
  }

  return { limit, current, show, pass, see, read }
})
