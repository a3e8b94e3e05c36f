// What this person has watched and thinks of it, and what they do not want to see. It never leaves the browser
// by itself: a request carries it, and the server forgets it.
import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed } from 'vue'

import type { AnimeItem } from '@/api/client'

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
// a rating of 1-10; `liked`: a favourite without one; `seen`: watched, without an opinion
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

export const useList = defineStore('list', () => {
  const titles = stored('anime.list', v.array(ListedTitle), [])
  const hidden = stored('anime.hidden', v.array(Title), [])

  const opinions = computed(() => new Map(titles.value.map((title) => [title.anime_id, title.opinion])))
  const body = computed(() => bodyOf(titles.value))
  const hiddenIds = computed(() => hidden.value.map((title) => title.anime_id))

  /** Add a title, or change what is thought of it where it is listed. */
  function put(title: ShortTitle | AnimeItem, opinion: Opinion): void {
    const entry = { ...short(title), opinion }
    titles.value = opinions.value.has(title.anime_id)
      ? titles.value.map((listed) => (listed.anime_id === title.anime_id ? entry : listed))
      : [entry, ...titles.value]
    unhide(title.anime_id)
  }

  /** Add many at once; returns how many are new. What is listed already takes the opinion that came. */
  function merge(entries: readonly ListedTitle[]): number {
    const merged = new Map(
      entries.map((entry) => [entry.anime_id, { ...short(entry), opinion: entry.opinion }]),
    )
    const kept = titles.value.filter((title) => !merged.has(title.anime_id))
    const added = merged.size - (titles.value.length - kept.length)
    titles.value = [...merged.values(), ...kept]
    return added
  }

  /** Everything, for putting it back. */
  function replace(entries: readonly ListedTitle[]): void {
    titles.value = [...entries]
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

  return { titles, hidden, opinions, body, hiddenIds, put, merge, replace, remove, hide, unhide }
})
