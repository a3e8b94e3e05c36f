// What is on the screen: cards that are seen, pages of titles that are looked at.
import { useDocumentVisibility, useIntersectionObserver } from '@vueuse/core'
import { onScopeDispose, type Ref, watch } from 'vue'

import { type ShortTitle } from '@/stores/list'
import { useEvents } from '@/stores/events'

export const SEEN_MS = 1_000 // half of a card, for so long
export const LOOKED_MS = 6_000 // at the page of a title

/**
 * Tells which cards come into view.
 *
 * @param cards each with its `data-anime-id`.
 * @param onScreen a card has begun to be on the screen.
 * @param onSeen at least half of it has been there for a second.
 */
export function useSeenCards(
  cards: Readonly<Ref<HTMLElement[]>>,
  { onScreen, onSeen }: Record<'onScreen' | 'onSeen', (animeId: number) => void>,
): void {
  const timers = new Map<number, ReturnType<typeof setTimeout>>()

  function stop(animeId: number): void {
    clearTimeout(timers.get(animeId))
    timers.delete(animeId)
  }

  function see(animeId: number): void {
    timers.delete(animeId)
    if (document.visibilityState === 'visible') onSeen(animeId)
  }

  useIntersectionObserver(
    cards,
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries) {
        const animeId = Number((target as HTMLElement).dataset.animeId)
        if (isIntersecting) onScreen(animeId)
        if (intersectionRatio < 0.5) stop(animeId)
        else if (!timers.has(animeId)) timers.set(animeId, setTimeout(see, SEEN_MS, animeId))
      }
    },
    { threshold: [0, 0.5] },
  )
  onScopeDispose(() => [...timers.keys()].forEach(stop))
}

/** Records a view of a title once its page has been on the screen for a while, once for each title. */
export function useLook(title: () => Pick<ShortTitle, 'anime_id' | 'name'> | undefined): void {
  const events = useEvents()
  const visibility = useDocumentVisibility()
  let looked = 0
  watch(
    [() => title()?.anime_id, visibility],
    ([animeId, shown], _before, onCleanup) => {
      if (animeId === undefined || animeId === looked || shown !== 'visible') return
      const timer = setTimeout(() => {
        looked = animeId
        const now = title()
        if (now) events.record('view', now)
      }, LOOKED_MS)
      onCleanup(() => clearTimeout(timer))
    },
    { immediate: true },
  )
}
