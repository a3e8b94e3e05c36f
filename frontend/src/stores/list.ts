// A person's list: watched titles with opinions, planned titles and hidden ones. It stays in the browser; a request
// carries it.
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
const Status = v.picklist(['completed', 'watching', 'on_hold', 'dropped'])
const ListedTitle = v.object({ ...Title.entries, opinion: Opinion, status: v.optional(Status) }) // none: not known

export type Opinion = v.InferOutput<typeof Opinion>
export type Status = v.InferOutput<typeof Status>
export type ShortTitle = v.InferOutput<typeof Title>
export type ListedTitle = v.InferOutput<typeof ListedTitle>

/** What a person has watched, and what they plan to watch; no title is in both. */
export interface Lists {
  titles: readonly ListedTitle[]
  planned: readonly ShortTitle[]
}

/** What the routes that take a list want of it. */
export interface ListBody {
  ratings: { anime_id: number; rating?: number; status?: Status }[]
  watched_ids: number[]
  statuses: { anime_id: number; status: Status }[]
  planned_ids: number[]
}

export const FAVORITE = 10 // a favorite without a rating counts as this everywhere but in this browser

/** Titles and opinions in the shape of the API. */
export function bodyOf(
  titles: readonly Pick<ListedTitle, 'anime_id' | 'opinion' | 'status'>[],
  planned: readonly Pick<ShortTitle, 'anime_id'>[] = [],
): ListBody {
  const planned_ids = planned.map(({ anime_id }) => anime_id)
  const body: ListBody = { ratings: [], watched_ids: [], statuses: [], planned_ids }
  for (const { anime_id, opinion, status } of titles) {
    if (opinion === 'seen') {
      body.watched_ids.push(anime_id)
      if (status) body.statuses.push({ anime_id, status })
    } else if (opinion === 'liked' && !status) body.ratings.push({ anime_id })
    // with a status, the API takes what has no rating as watched without an opinion
    else body.ratings.push({ anime_id, rating: scoreOf(opinion), ...(status && { status }) })
  }
  return body
}

/** A rating that stands for an opinion. */
export function scoreOf(opinion: Exclude<Opinion, 'seen'>): number {
  return opinion === 'liked' ? FAVORITE : opinion
}

/** A title of the catalog as the list stores it. */
export function shortTitle(title: ShortTitle | AnimeItem): ShortTitle {
  const { anime_id, name, english, type, year, image_url } = title
  return { anime_id, name, english, type, year, image_url }
}

/** A watched title of the catalog as the list stores it. */
export function listedTitle(
  title: ShortTitle | AnimeItem,
  opinion: Opinion,
  status?: Status | null,
): ListedTitle {
  return { ...shortTitle(title), opinion, ...(status && { status }) }
}

/** A title that the catalog does not have, with the name that a list gives it. */
export function unknownTitle(anime_id: number, name: string | null): ShortTitle {
  return {
    anime_id,
    name: name || `Title ${anime_id}`,
    english: null,
    type: null,
    year: null,
    image_url: null,
  }
}

export const useList = defineStore('list', () => {
  const notices = useNotices()
  const titles = stored('anime.list', v.array(ListedTitle), [])
  const planned = stored('anime.planned', v.array(Title), [])
  const hidden = stored('anime.hidden', v.array(Title), [])
  const limit = ref(5_000) // how many titles, watched and planned; until the server says otherwise

  const listed = computed(() => new Map(titles.value.map((title) => [title.anime_id, title])))
  const plannedIds = computed(() => new Set(planned.value.map((title) => title.anime_id)))
  const hiddenIds = computed(() => hidden.value.map((title) => title.anime_id))
  const body = computed(() => bodyOf(titles.value, planned.value))

  /** Replace the list, or a part of it; one that is larger than a list may be is refused with words. */
  function replace(next: Partial<Lists>): boolean {
    const watched = next.titles ?? titles.value
    const ids = new Set(watched.map((title) => title.anime_id))
    const rest = (next.planned ?? planned.value).filter((title) => !ids.has(title.anime_id))
    const most = Math.max(limit.value, titles.value.length + planned.value.length)
    if (watched.length + rest.length > most) {
      notices.show({ text: `A list can have at most ${counted(limit.value, 'title')}. Nothing was changed.` })
      return false
    }
    if (watched !== titles.value) titles.value = [...watched]
    if (next.planned || rest.length < planned.value.length) planned.value = rest
    return true
  }

  /** Add a watched title, or change the opinion or the status of a listed one. False: the list is full. */
  function put(title: ShortTitle | AnimeItem, opinion: Opinion, status?: Status): boolean {
    const before = listed.value.get(title.anime_id)
    const entry = listedTitle(title, opinion, status ?? before?.status)
    const next = before
      ? titles.value.map((other) => (other === before ? entry : other))
      : [entry, ...titles.value]
    if (!replace({ titles: next })) return false
    unhide(title.anime_id)
    return true
  }

  /** Plan a title that is not watched yet. False: the list is full. */
  function plan(title: ShortTitle | AnimeItem): boolean {
    if (listed.value.has(title.anime_id) || plannedIds.value.has(title.anime_id)) return true
    if (!replace({ planned: [shortTitle(title), ...planned.value] })) return false
    unhide(title.anime_id)
    return true
  }

  /** Take a title off the list, watched or planned. */
  function remove(animeId: number): void {
    if (listed.value.has(animeId)) titles.value = without(titles.value, animeId)
    if (plannedIds.value.has(animeId)) planned.value = without(planned.value, animeId)
  }

  /** Never recommend a title; what is planned is so no longer. */
  function hide(title: ShortTitle | AnimeItem): void {
    if (plannedIds.value.has(title.anime_id)) planned.value = without(planned.value, title.anime_id)
    if (!hiddenIds.value.includes(title.anime_id)) hidden.value = [...hidden.value, shortTitle(title)]
  }

  function unhide(animeId: number): void {
    if (hiddenIds.value.includes(animeId)) hidden.value = without(hidden.value, animeId)
  }

  return {
    ...{ titles, planned, hidden, limit, listed, plannedIds, hiddenIds, body },
    ...{ replace, put, plan, remove, hide, unhide },
  }
})

function without<T extends ShortTitle>(titles: readonly T[], animeId: number): T[] {
  return titles.filter((title) => title.anime_id !== animeId)
}
