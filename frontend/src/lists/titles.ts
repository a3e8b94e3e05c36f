// Lookup of titles by their ids.
import { answered, api, type FoundItem } from '@/api/client'

const CHUNK = 100 // ids that one request may have
const PARALLEL = 4

/** The titles of the catalog with these ids. Adult ones are included by default: they are on a list. */
export async function fetchTitles(
  ids: readonly number[],
  signal?: AbortSignal,
  nsfw = true,
): Promise<Map<number, FoundItem>> {
  const wanted = [...new Set(ids)]
  const chunks: number[][] = []
  for (let at = 0; at < wanted.length; at += CHUNK) chunks.push(wanted.slice(at, at + CHUNK))
  const found = new Map<number, FoundItem>()

  async function work(): Promise<void> {
    for (let chunk = chunks.pop(); chunk; chunk = chunks.pop()) {
      const query = { ids: chunk, limit: CHUNK, nsfw }
      const page = await answered(api.GET('/api/v1/anime', { params: { query }, signal }))
      for (const title of page.items) found.set(title.anime_id, title)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return found
}
