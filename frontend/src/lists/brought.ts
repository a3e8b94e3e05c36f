// A list that a person brings from elsewhere, and what of it this catalog has.
import { asCount } from '@/charts/numbers'
import { counted } from '@/reasons'
import { type ListedTitle, listedTitle, type Opinion } from '@/stores/list'

import { fetchTitles } from './titles'

export const MAX_READ = 20_000 // entries of a list elsewhere, planned ones too

/** Why a list cannot be brought; `message` can be shown as it is. */
export class BringError extends Error {}

/** One watched title of a list elsewhere; without an id where the other site knows none. */
interface OutsideEntry {
  anime_id: number | null
  title: string
  opinion: Opinion
}

export interface OutsideList {
  entries: OutsideEntry[]
  planned: number // titles that are not watched yet, which do not count
}

export interface BroughtList {
  listed: ListedTitle[]
  unmatched: string[] // names of what this catalog does not have
  planned: number
  skipped: number // for another reason, such as being listed twice
}

/** For a list that goes on after `MAX_READ`. */
export function endless(name: string, site: string): BringError {
  return new BringError(
    `The list of “${name}” on ${site} has more than the ${counted(MAX_READ, 'title')} that can be read.`,
  )
}

/** Look every title up here; a list of more than `limit` titles is refused. */
export async function matched(
  list: OutsideList,
  limit = Infinity,
  signal?: AbortSignal,
): Promise<BroughtList> {
  const count = list.entries.length
  if (count > limit) {
    throw new BringError(
      `The list has ${counted(count, 'watched title')}; a list here has at most ${asCount(limit)}.`,
    )
  }
  const ids = list.entries.flatMap((entry) => entry.anime_id ?? [])
  const known = await fetchTitles(ids, signal)
  const listed = new Map<number, ListedTitle>()
  const brought: BroughtList = { listed: [], unmatched: [], planned: list.planned, skipped: 0 }
  for (const { anime_id, title, opinion } of list.entries) {
    const found = anime_id === null ? undefined : known.get(anime_id)
    if (!found) brought.unmatched.push(title)
    else if (listed.has(found.anime_id)) brought.skipped++
    else listed.set(found.anime_id, listedTitle(found, opinion))
  }
  brought.listed = [...listed.values()]
  return brought
}

/** “412 titles read: 380 found, 20 not in this catalog, 12 planned.” */
export function summary({ listed, unmatched, planned, skipped }: BroughtList): string {
  const read = listed.length + unmatched.length + planned + skipped
  const parts = [
    `${asCount(listed.length)} found`,
    unmatched.length && `${asCount(unmatched.length)} not in this catalog`,
    planned && `${asCount(planned)} planned`,
    skipped && `${asCount(skipped)} left out (listed twice, or without a status or an id)`,
  ].filter(Boolean)
  return `${counted(read, 'title')} read: ${parts.join(', ')}.`
}
