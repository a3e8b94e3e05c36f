// Titles that the catalog did not have when they were imported, once it has them.
import { shortTitle, type ShortTitle, type useList } from '@/stores/list'

import { fetchTitles } from './titles'

/** Complete what the list has of titles that came without more than a name. */
export async function learnTitles(list: ReturnType<typeof useList>): Promise<void> {
  const ids = [...list.titles, ...list.planned].filter(isBare).map((title) => title.anime_id)
  if (!ids.length) return
  const known = await fetchTitles(ids).catch(() => null) // the next visit tries again
  if (!known?.size) return
  const learned = <T extends ShortTitle>(title: T): T => {
    const found = isBare(title) ? known.get(title.anime_id) : undefined
    return found ? { ...title, ...shortTitle(found) } : title
  }
  list.replace({ titles: list.titles.map(learned), planned: list.planned.map(learned) })
}

function isBare({ type, year, image_url }: ShortTitle): boolean {
  return type === null && year === null && image_url === null
}
