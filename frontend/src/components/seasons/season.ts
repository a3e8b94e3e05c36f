// The titles of a season: ranked for the list where there is one, else by popularity.
import { useQuery } from '@pinia/colada'
import type { RouteLocationRaw } from 'vue-router'

import { answered, api } from '@/api/client'
import type { components, paths } from '@/api/schema'
import { type ProfileKey, withProfile } from '@/lists/profile'
import { after, asSeason, numberOf, type Season, seasonIn } from '@/seasons'
import type { ListBody } from '@/stores/list'

type Schemas = components['schemas']

export const MOST = 100 // titles that one answer has

export interface Wanted {
  season: Season
  nsfw: boolean
  list: { body: ListBody; self: ProfileKey | null; excludeIds: readonly number[] } | null // null: by popularity
}

export interface SeasonTitles {
  ranked: readonly Schemas['RecommendedItem'][] | null
  popular: readonly Schemas['SeasonTitle'][] | null
  recommendationId?: string
}

/** Refetched when `wanted` changes. */
export function useSeason(wanted: () => Wanted) {
  return useQuery({
    key: () => ['season', JSON.stringify(wanted())],
    query: ({ signal }) => fetchSeason(wanted(), signal),
  })
}

export async function fetchSeason(
  { season, nsfw, list }: Wanted,
  signal?: AbortSignal,
): Promise<SeasonTitles> {
  const path = { year: season.year, season: season.name }
  if (!list) {
    return { ranked: null, popular: await popularOf(path, nsfw, signal) }
  }
  const { body, self, excludeIds } = list
  const request = {
    ...body,
    exclude_ids: excludeIds.slice(-5_000),
    limit: MOST,
    explain: true,
    filters: { nsfw },
  }
  const { body: sent, headers } = withProfile(request as unknown as Schemas['RecommendationRequest'], self)
  const answer = await answered(
    api.POST('/api/v1/seasons/{year}/{season}', { params: { path }, body: sent, headers, signal }),
  )
  return { ranked: answer.items, popular: null, recommendationId: answer.recommendation_id }
}

type Path = paths['/api/v1/seasons/{year}/{season}']['get']['parameters']['path']

/** All of them, page by page. */
async function popularOf(path: Path, nsfw: boolean, signal?: AbortSignal): Promise<Schemas['SeasonTitle'][]> {
  const titles: Schemas['SeasonTitle'][] = []
  for (let page = 1, hasNext = true; hasNext; page++) {
    const query = { page, limit: MOST, nsfw }
    const found = await answered(
      api.GET('/api/v1/seasons/{year}/{season}', { params: { path, query }, signal }),
    )
    titles.push(...found.items)
    hasNext = found.pagination.has_next
  }
  return titles
}

/** The page of a season. */
export function pageOf({ year, name }: Season): RouteLocationRaw {
  return { name: 'season', params: { year, season: name } }
}

/**
 * The seasons to choose from, the newest first: those of the catalog, and the ones around today.
 *
 * @param known as the filter has them.
 */
export function seasonsToChoose(known: readonly string[], today: Season, shown: Season): Season[] {
  const seasons = [...known.flatMap((text) => seasonIn(text) ?? []), today, after(today, 1), shown]
  const unique = new Map(seasons.map((season) => [asSeason(season), season]))
  return [...unique.values()].sort((a, b) => numberOf(b) - numberOf(a))
}
