// A saved profile: its link, its requests and its list.
import * as v from 'valibot'

import type { AnimeItem } from '@/api/client'
import type { components } from '@/api/schema'
import { type Lists, listedTitle, shortTitle, unknownTitle } from '@/stores/list'

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

/** What a list says of its titles, the same text for the same list in any order. */
export function fingerprint({ titles, planned }: Lists): string {
  return [
    ...titles.map(({ anime_id, opinion, status }) => [anime_id, opinion, status].filter(Boolean).join('.')),
    ...planned.map(({ anime_id }) => `${anime_id}.planned`),
  ]
    .sort()
    .join(' ')
}

type SavedList = Omit<components['schemas']['Profile'], 'user_id'>

/** The saved list with what the catalog knows of its titles; what it does not know keeps its place. */
export function listOf(
  { ratings, watched_ids, statuses, planned_ids }: SavedList,
  known: ReadonlyMap<number, AnimeItem>,
): Lists {
  const statusOf = new Map(statuses.map(({ anime_id, status }) => [anime_id, status]))
  const titleOf = (id: number, name: string | null = null) =>
    shortTitle(known.get(id) ?? unknownTitle(id, name))
  return {
    titles: [
      ...ratings.map(({ anime_id, name, rating, status }) =>
        listedTitle(titleOf(anime_id, name), rating, status),
      ),
      ...watched_ids.map((id) => listedTitle(titleOf(id), 'seen', statusOf.get(id))),
    ],
    planned: planned_ids.map((id) => titleOf(id)),
  }
}
