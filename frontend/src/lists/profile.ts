// A saved profile: its link, its requests and its list.
import * as v from 'valibot'

import type { AnimeItem } from '@/api/client'
import type { components } from '@/api/schema'
import { type ListedTitle, listedTitle, type Opinion } from '@/stores/list'

const LINK = /^#profile=(\d{16})\.([\w-]{20,100})$/

export const ProfileKey = v.object({
  user_id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  token: v.string(),
})
/** The key to a profile: it allows reading, changing and deleting it. */
export type ProfileKey = v.InferOutput<typeof ProfileKey>

/** An address that offers to load the profile; what follows # is never sent to a server. */
export function profileLink({ user_id, token }: ProfileKey, origin: string): string {
  return `${origin}/list#profile=${user_id}.${token}`
}

/** The key in the hash of an address, `null` where there is none or it is damaged. */
export function keyIn(hash: string): ProfileKey | null {
  const [, id, token] = LINK.exec(hash) ?? []
  return id && token ? { user_id: Number(id), token } : null
}

/** A request about the own list, which leaves the saved profile out of the people it is compared with. */
export function withProfile<Body extends object>(body: Body, key: ProfileKey | null) {
  return {
    body: { ...body, profile_id: key?.user_id ?? null },
    headers: key ? { Authorization: `Bearer ${key.token}` } : {},
  }
}

/** Titles and opinions, the same text for the same list in any order. */
export function fingerprint(titles: readonly Pick<ListedTitle, 'anime_id' | 'opinion'>[]): string {
  return titles
    .map(({ anime_id, opinion }) => `${anime_id}.${opinion}`)
    .sort()
    .join(' ')
}

type Profile = components['schemas']['Profile']
interface SavedList {
  ratings: Pick<Profile['ratings'][number], 'anime_id' | 'name' | 'rating'>[]
  watched_ids: Profile['watched_ids']
}

/** The saved list with what the catalog knows of its titles; what it does not know keeps its place. */
export function listOf(
  { ratings, watched_ids }: SavedList,
  known: ReadonlyMap<number, AnimeItem>,
): ListedTitle[] {
  const entries: [number, string | null, Opinion][] = [
    ...ratings.map(({ anime_id, name, rating }): [number, string | null, Opinion] => [
      anime_id,
      name,
      rating,
    ]),
    ...watched_ids.map((id): [number, null, Opinion] => [id, null, 'seen']),
  ]
  return entries.map(([anime_id, name, opinion]) => {
    const unknown = {
      anime_id,
      name: name ?? `Title ${anime_id}`,
      english: null,
      type: null,
      year: null,
      image_url: null,
    }
    return listedTitle(known.get(anime_id) ?? unknown, opinion)
  })
}
