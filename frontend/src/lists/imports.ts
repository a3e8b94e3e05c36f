// Imported lists, matched with the catalog.
import { asCount } from '@/charts/numbers'
import { counted } from '@/reasons'
import { type ListedTitle, listedTitle, type Opinion } from '@/stores/list'

import { fetchTitles } from './titles'

export const MAX_READ = 20_000 // entries of a list elsewhere, planned ones too

/** Why a list cannot be imported; `message` can be shown as it is. */
export class ImportError extends Error {}

/** One watched title of a list elsewhere; without an id where the other site knows none. */
interface ExternalEntry {
  anime_id: number | null
  name: string
  opinion: Opinion
}

export interface ExternalList {
  entries: ExternalEntry[]
  planned: number // titles that are not watched yet, which do not count
}

export interface ImportedList {
  listed: ListedTitle[]
  unmatched: string[] // names of what this catalog does not have
  planned: number
  skipped: number // for another reason, such as being listed twice
}

/** The error for a list that goes on after `MAX_READ` titles. */
export function tooLong(name: string, site: string): ImportError {
  return new ImportError(
    `“${name}” lists more than ${counted(MAX_READ, 'title')} on ${site}, which is more than we can read.`,
  )
}

/** Look every title up here; a list of more than `limit` titles is refused. */
export async function matchTitles(
  list: ExternalList,
  limit = Infinity,
  signal?: AbortSignal,
): Promise<ImportedList> {
  const count = list.entries.length
  if (count > limit) {
    throw new ImportError(
      `That list has ${counted(count, 'watched title')}; a list here can have at most ${asCount(limit)}.`,
    )
  }
  const ids = list.entries.flatMap((entry) => entry.anime_id ?? [])
  const known = await fetchTitles(ids, signal)
  const listed = new Map<number, ListedTitle>()
  const imported: ImportedList = { listed: [], unmatched: [], planned: list.planned, skipped: 0 }
  for (const { anime_id, name, opinion } of list.entries) {
    const found = anime_id === null ? undefined : known.get(anime_id)
    if (!found) imported.unmatched.push(name)
    else if (listed.has(found.anime_id)) imported.skipped++
    else listed.set(found.anime_id, listedTitle(found, opinion))
  }
  imported.listed = [...listed.values()]
  return imported
}

/** “412 titles read: 380 found, 20 not in this catalog, 12 planned.” */
export function summary({ listed, unmatched, planned, skipped }: ImportedList): string {
  const read = listed.length + unmatched.length + planned + skipped
  const parts = [
    `${asCount(listed.length)} found`,
    unmatched.length && `${asCount(unmatched.length)} not in this catalog`,
    planned && `${asCount(planned)} planned`,
    skipped && `${asCount(skipped)} skipped (listed twice, or missing a status or an ID)`,
  ].filter(Boolean)
  return `${counted(read, 'title')} read: ${parts.join(', ')}.`
}
