// Queries for one title and for titles similar to it.
import { useQuery } from '@pinia/colada'

import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'

export type TitleDetail = components['schemas']['AnimeDetail']

/** Ratings that a histogram needs before it is shown. */
export const ENOUGH_RATINGS = 10

const SIMILAR = 12

/** Refetched when `id` changes. */
export function useTitleDetail(id: () => number) {
  return useQuery({
    key: () => ['title', id()],
    query: ({ signal }) =>
      answered(api.GET('/api/v1/anime/{anime_id}', { params: { path: { anime_id: id() } }, signal })),
  })
}

/** Refetched when `id` changes. */
export function useSimilar(id: () => number) {
  return useQuery({
    key: () => ['similar', id()],
    query: ({ signal }) =>
      answered(
        api.GET('/api/v1/anime/{anime_id}/similar', {
          params: { path: { anime_id: id() }, query: { limit: SIMILAR } },
          signal,
        }),
      ),
  })
}
