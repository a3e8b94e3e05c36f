// A list that a person brings from elsewhere, and what of it this catalogue has.
import type { ListedTitle, Opinion } from '@/stores/list'

import { fetchTitles } from './titles'

export const MAX_TITLES = 5_000 // of one list, as the server takes it

/** Why a list cannot be brought; `message` can be shown as it is. */
export class BringError extends Error {}

/** One watched title of a list elsewhere; without an id where the other site knows none. */
export interface OutsideEntry {
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
  unmatched: string[] // names of what this catalogue does not have
  planned: number
  skipped: number // for another reason, such as being listed twice
}

/** Look every title up here. */
export async function matched(list: OutsideList, signal?: AbortSignal): Promise<BroughtList> {
  if (list.entries.length > MAX_TITLES) {
    const count = list.entries.length.toLocaleString('en')
    throw new BringError(
      `The list has ${count} titles; up to ${MAX_TITLES.toLocaleString('en')} can be read.`,
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

/** A title of the catalogue as one's list keeps it. */
export function listedTitle(title: Omit<ListedTitle, 'opinion'>, opinion: Opinion): ListedTitle {
  const { anime_id, name, english, type, year, image_url } = title
  return { anime_id, name, english, type, year, image_url, opinion }
}

/** “412 titles read: 380 found, 20 not in this catalogue, 12 planned.” */
export function summary({ listed, unmatched, planned, skipped }: BroughtList): string {
  const read = listed.length + unmatched.length + planned + skipped
  const parts = [
    `${listed.length.toLocaleString('en')} found`,
    unmatched.length && `${unmatched.length.toLocaleString('en')} not in this catalogue`,
    planned && `${planned.toLocaleString('en')} planned`,
    skipped && `${skipped.toLocaleString('en')} left out (listed twice, or without a status or an id)`,
  ].filter(Boolean)
  return `${titles(read)} read: ${parts.join(', ')}.`
}

/** “1 title”, “1,234 titles”. */
export function titles(count: number): string {
  return count === 1 ? '1 title' : `${count.toLocaleString('en')} titles`
}
