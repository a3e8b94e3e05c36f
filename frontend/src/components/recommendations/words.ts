// That a page has answered to what was done lately, in words.
import type { AnimeItem } from '@/api/client'
import { type Act, type Kind, kindOf } from '@/events/session'
import type { Page } from '@/stores/page'

const BECAUSE: Readonly<Record<Kind, (name: string) => string>> = {
  view: (name) => `you looked at ${name}`,
  click: (name) => `you looked at ${name}`,
  like: (name) => `you want more like ${name}`,
  dismiss: (name) => `you’re not interested in ${name}`,
}

/** What a page answered to last. */
export interface Answered {
  act: Act
  text: string
  spoken: string // for those who do not see where it is
  at: number // how many titles are above it
}

/** @param items what is on the page of its titles. */
export function answerTo({ acts, answer, kept }: Page, items: readonly AnimeItem[]): Answered | null {
  const act = acts.at(-1)
  if (!act) return null
  const above = new Set(answer.items.slice(0, kept).map(({ anime_id }) => anime_id))
  const at = items.filter(({ anime_id }) => above.has(anime_id)).length
  if (at === items.length) return null // nothing is new
  const because = BECAUSE[kindOf(act)](act.name)
  return {
    act,
    at,
    text: `Because ${because}`,
    spoken: at ? `New below, because ${because}` : `Because ${because}`,
  }
}
