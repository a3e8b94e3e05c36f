// A list by its owner's name on MyAnimeList, read by Jikan, an unofficial service that has announced the end of
// Lists of MyAnimeList users, read through Jikan: an unofficial service that has announced the end of this route.
import * as v from 'valibot'

import { ImportError, tooLong, MAX_READ, type ExternalList } from './imports'
import { askSite, type SiteAnswer, validated } from './external-sites'

const SITE = 'Jikan (which reads MyAnimeList lists)'
const PER_PAGE = 300
const PAUSE_MS = 400 // it takes three requests a second
const PLANNED = 6

const Page = v.object({
  data: v.array(
    v.object({
      watching_status: v.number(),
      score: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)),
      anime: v.object({ mal_id: v.pipe(v.number(), v.integer(), v.minValue(1)), title: v.string() }),
    }),
  ),
})
const Refusal = v.object({
  type: v.optional(v.string(), ''),
  message: v.optional(v.nullable(v.string()), ''),
})

export async function readJikan(name: string, signal?: AbortSignal): Promise<ExternalList> {
  const list: ExternalList = { entries: [], planned: 0 }
  for (let page = 1, more = true; more; page++) {
    if (page > MAX_READ / PER_PAGE) throw tooLong(name, 'MyAnimeList')
    if (page > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const url = `https://api.jikan.moe/v4/users/${encodeURIComponent(name)}/animelist?page=${page}`
    const answer = await askSite(SITE, url, {}, signal)
    if (answer.status >= 400 && answer.status < 500) throw new ImportError(refusal(name, answer))
    const { data } = validated(SITE, Page, answer)
    for (const { watching_status, score, anime } of data) {
      if (watching_status === PLANNED) list.planned++
      else
        list.entries.push({
          anime_id: anime.mal_id,
          name: anime.title.slice(0, 200),
          opinion: score || 'seen',
        })
    }
    more = data.length >= PER_PAGE
  }
  if (list.entries.length) return list
  throw new ImportError(
    list.planned
      ? `The MyAnimeList list of “${name}” has only planned titles.`
      : `The MyAnimeList list of “${name}” is empty.`,
  )
}

function refusal(name: string, { status, body }: SiteAnswer): string {
  const parsed = v.safeParse(Refusal, body)
  const { type, message } = parsed.success ? parsed.output : { type: '', message: '' }
  if (status === 403 || /private/i.test(message ?? '')) return `The MyAnimeList list of “${name}” is private.`
  // 404 from MyAnimeList behind it; anything else is about the route itself
  if (status === 404 && type === 'BadResponseException') {
    return `MyAnimeList has no user “${name}”, or doesn’t show their list.`
  }
  return `Jikan no longer reads MyAnimeList lists (${status}).`
}
