// Lists of AniList users.
import * as v from 'valibot'

import type { Opinion } from '@/stores/list'

import { ImportError, tooLong, MAX_READ, type ExternalList } from './imports'
import { askSite, type SiteAnswer, validated } from './external-sites'

const SITE = 'AniList'
const URL = 'https://graphql.anilist.co'
const PER_CHUNK = 500
const PLANNED = 'PLANNING'
const QUERY = `query ($name: String, $chunk: Int) {
  MediaListCollection(userName: $name, type: ANIME, chunk: $chunk, perChunk: ${PER_CHUNK}) {
    hasNextChunk
    lists { entries { status score(format: POINT_100) media { id idMal title { romaji english } } } }
  }
}`

const Entry = v.object({
  status: v.nullable(v.string()),
  score: v.nullable(v.number()),
  media: v.object({
    id: v.number(),
    idMal: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
    title: v.object({ romaji: v.nullable(v.string()), english: v.nullable(v.string()) }),
  }),
})
const Chunk = v.object({
  data: v.object({
    MediaListCollection: v.object({
      hasNextChunk: v.nullable(v.boolean()),
      lists: v.array(v.object({ entries: v.array(Entry) })),
    }),
  }),
})
const Refusal = v.object({
  errors: v.pipe(v.array(v.object({ message: v.string(), status: v.optional(v.number()) })), v.minLength(1)),
})

export async function readAniList(name: string, signal?: AbortSignal): Promise<ExternalList> {
  const list: ExternalList = { entries: [], planned: 0 }
  const known = new Set<number>() // a title may be in several custom lists
  for (let chunk = 1, more = true; more; chunk++) {
    if (chunk > MAX_READ / PER_CHUNK) throw tooLong(name, SITE)
    const body = JSON.stringify({ query: QUERY, variables: { name, chunk } })
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
    const answer = await askSite(SITE, URL, { method: 'POST', headers, body }, signal)
    refuse(name, answer)
    const { lists, hasNextChunk } = validated(SITE, Chunk, answer).data.MediaListCollection
    for (const { status, score, media } of lists.flatMap(({ entries }) => entries)) {
      if (known.has(media.id)) continue
      known.add(media.id)
      if (status === PLANNED) list.planned++
      else {
        const title = (media.title.english ?? media.title.romaji ?? `AniList ${media.id}`).slice(0, 200)
        list.entries.push({ anime_id: media.idMal, name: title, opinion: opinionOf(score) })
      }
    }
    more = hasNextChunk ?? false
  }
  if (!list.entries.length) throw new ImportError(nothing(name, list.planned))
  return list
}

/** 0-100, 0 for none, to an opinion. */
export function opinionOf(score: number | null): Opinion {
  return score && score > 0 ? Math.min(10, Math.max(1, Math.round(score / 10))) : 'seen'
}

function refuse(name: string, answer: SiteAnswer): void {
  const parsed = v.safeParse(Refusal, answer.body)
  if (!parsed.success) return
  const { message, status } = parsed.output.errors[0] as v.InferOutput<typeof Refusal>['errors'][number]
  if (/private/i.test(message)) {
    throw new ImportError(
      `The AniList list of “${name}” is private. Make it public for a moment in AniList’s settings.`,
    )
  }
  if (status === 404 || answer.status === 404)
    throw new ImportError(`AniList has no user “${name}”. Is the name right?`)
  throw new ImportError(`AniList refused this: “${message.slice(0, 200)}” Try again later.`)
}

function nothing(name: string, planned: number): string {
  return planned
    ? `The AniList list of “${name}” has only planned titles.`
    : `The AniList list of “${name}” is empty.`
}
