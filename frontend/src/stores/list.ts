// What this person has watched and thinks of it, and what they do not want to see. It never leaves the browser
// The list: watched titles with opinions, and hidden titles. It stays in the browser; a request carries it, and
import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref } from 'vue'

import type { AnimeItem } from '@/api/client'
import { counted } from '@/reasons'

import { useNotices } from './notices'
import { stored } from './stored'

const Rating = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10))
const Title = v.object({
  anime_id: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: v.string(),
  english: v.nullable(v.string()),
  type: v.nullable(v.string()),
  year: v.nullable(v.number()),
  image_url: v.nullable(v.string()),
})
// a rating of 1-10; `liked`: a favorite without one; `seen`: watched, without an opinion
const Opinion = v.union([Rating, v.literal('liked'), v.literal('seen')])
const ListedTitle = v.object({ ...Title.entries, opinion: Opinion })

export type Opinion = v.InferOutput<typeof Opinion>
export type ShortTitle = v.InferOutput<typeof Title>
export type ListedTitle = v.InferOutput<typeof ListedTitle>

/** What the routes that take a list want of it. */
export interface ListBody {
  ratings: { anime_id: number; rating?: number }[]
  watched_ids: number[]
}

/** Titles and opinions in the shape of the API. */
export function bodyOf(titles: readonly Pick<ListedTitle, 'anime_id' | 'opinion'>[]): ListBody {
  const body: ListBody = { ratings: [], watched_ids: [] }
  for (const { anime_id, opinion } of titles) {
    if (opinion === 'seen') body.watched_ids.push(anime_id)
    else body.ratings.push(opinion === 'liked' ? { anime_id } : { anime_id, rating: opinion })
  }
  return body
}

function short(title: ShortTitle | AnimeItem): ShortTitle {
  const { anime_id, name, english, type, year, image_url } = title
  return { anime_id, name, english, type, year, image_url }
}

/** A title of the catalog as the list stores it. */
export function listedTitle(title: ShortTitle | AnimeItem, opinion: Opinion): ListedTitle {
  return { ...short(title), opinion }
}

export const useList = defineStore('list', () => {
  const notices = useNotices()
  const titles = stored('anime.list', v.array(ListedTitle), [])
  const hidden = stored('anime.hidden', v.array(Title), [])
  const limit = ref(5_000) // how many titles; until the server says otherwise

  const opinions = computed(() => new Map(titles.value.map((title) => [title.anime_id, title.opinion])))
  const body = computed(() => bodyOf(titles.value))
  const hiddenIds = computed(() => hidden.value.map((title) => title.anime_id))

  /** Put another list in the place of this one; one that is larger than a list may be is refused with words. */
  function replace(entries: readonly ListedTitle[]): boolean {
    if (entries.length > Math.max(limit.value, titles.value.length)) {
      notices.show({ text: `A list can have at most ${counted(limit.value, 'title')}. Nothing was changed.` })
      return false
    }
    titles.value = [...entries]
    return true
  }

  /** Add a title, or change the opinion of a listed one. False: the list is full. */
  function put(title: ShortTitle | AnimeItem, opinion: Opinion): boolean {
    const entry = listedTitle(title, opinion)
    const next = opinions.value.has(title.anime_id)
      ? titles.value.map((listed) => (listed.anime_id === title.anime_id ? entry : listed))
      : [entry, ...titles.value]
    if (!replace(next)) return false
    unhide(title.anime_id)
    return true
  }

  function remove(animeId: number): void {
    titles.value = titles.value.filter((title) => title.anime_id !== animeId)
  }

  function hide(title: ShortTitle | AnimeItem): void {
    if (!hiddenIds.value.includes(title.anime_id)) hidden.value = [...hidden.value, short(title)]
  }

  function unhide(animeId: number): void {
    hidden.value = hidden.value.filter((title) => title.anime_id !== animeId)
  }

  return { titles, hidden, limit, opinions, body, hiddenIds, replace, put, remove, hide, unhide }
})
