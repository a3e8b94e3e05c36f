// One title, all that is known of it, and titles like it.
import { useQuery } from '@pinia/colada'

import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'

export type TitleDetail = components['schemas']['AnimeDetail']

/** People behind a histogram before it is shown. */
export const ENOUGH_RATINGS = 10

const SIMILAR = 12

/** Asked anew when `id` changes. */
export function useTitleDetail(id: () => number) {
  return useQuery({
    key: () => ['title', id()],
    query: ({ signal }) =>
      answered(api.GET('/api/v1/anime/{anime_id}', { params: { path: { anime_id: id() } }, signal })),
  })
}

/** Asked anew when `id` changes. */
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

/** The page of a title where its id comes from. */
export function myAnimeListUrl(id: number): string {
  return `https://myanimelist.net/anime/${id}`
}
