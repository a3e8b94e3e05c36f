// Titles, lists and answers for tests.
import type { FoundItem } from '@/api/client'
import type { ListedTitle, Opinion, ShortTitle } from '@/stores/list'

/** As a planned title. */
export function short(anime_id: number, name = `Title ${anime_id}`): ShortTitle {
  return { anime_id, name, english: null, type: 'TV', year: 2006, image_url: null }
}

export function title(anime_id: number, opinion: Opinion = 'liked', name?: string): ListedTitle {
  return { ...short(anime_id, name), opinion }
}

/** As the server answers it. */
export function found(anime_id: number): FoundItem {
  return { ...short(anime_id), genres: [], episodes: 12, match: 'exact', matched: null }
}

/** As openapi-fetch answers. */
export function answer(status: number, data?: unknown) {
  const response = new Response(null, { status })
  return response.ok ? { data, response } : { error: data, response }
}
