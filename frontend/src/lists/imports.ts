// Imported lists: the server reads a file, a text or the list of a name, and forgets it.
import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'
import { asCount } from '@/charts/numbers'
import { counted } from '@/reasons'
import { type ListedTitle, listedTitle, type Lists, shortTitle, unknownTitle } from '@/stores/list'

import { fetchTitles } from './titles'

type ImportAnswer = components['schemas']['ImportAnswer']
export type ImportSite = components['schemas']['ImportSite']

export const EXPORT_PAGE = 'https://myanimelist.net/panel.php?go=export'
const MAX_BYTES = 10_000_000 // of one upload, as the server takes it

/** Why a list cannot be imported; `message` can be shown as it is. */
export class ImportError extends Error {}

export interface ImportedList extends Lists {
  newer: ListedTitle[] // watched, but not in this catalog yet: they count once it has them
  lost: string[] // names that lead to no title, so that nothing of them can be kept
  skipped: { name: string; reason: string }[]
}

/** The list in a file of any format. */
export async function readFile(file: File, signal?: AbortSignal): Promise<ImportedList> {
  if (file.size > MAX_BYTES) {
    const most = `${MAX_BYTES / 1e6} MB`
    throw new ImportError(`“${file.name}” is larger than ${most}, and no list is. Is it the right file?`)
  }
  return upload(file, signal, `“${file.name}” has no titles in it.`)
}

/** The titles that somebody has pasted, one a line. */
export async function readText(text: string, signal?: AbortSignal): Promise<ImportedList> {
  return upload(new Blob([text]), signal, 'There’s no title in that text.')
}

/** The public list of a user of another site, which the server asks. */
export async function readName(site: ImportSite, name: string, signal?: AbortSignal): Promise<ImportedList> {
  const answer = await answered(
    api.POST('/api/v1/imports/sites/{site}', {
      params: { path: { site: site.name }, query: { dry_run: true } },
      body: { user_name: name },
      signal,
    }),
  )
  return importedFrom(answer, signal, `The ${site.label} list of “${name}” is empty.`)
}

async function upload(file: Blob, signal: AbortSignal | undefined, empty: string): Promise<ImportedList> {
  const form = new FormData()
  form.append('file', file)
  const answer = await answered(
    api.POST('/api/v1/imports', {
      params: { query: { dry_run: true } },
      body: { file: '' }, // typed as text; what is sent is the form
      bodySerializer: () => form,
      signal,
    }),
  )
  return importedFrom(answer, signal, empty)
}

/** The answer has ids and names only; the catalog gives the rest. */
async function importedFrom(
  { counts, matched, planned, unmatched, skipped }: ImportAnswer,
  signal: AbortSignal | undefined,
  empty: string,
): Promise<ImportedList> {
  if (counts.read === 0) throw new ImportError(empty)
  const plannedIds = planned.flatMap(({ anime_id }) => anime_id ?? [])
  const known = await fetchTitles([...matched.map(({ anime_id }) => anime_id), ...plannedIds], signal)
  const titleOf = (id: number, name: string) => shortTitle(known.get(id) ?? unknownTitle(id, name))
  const lost = [...unmatched, ...planned].filter(({ anime_id }) => anime_id === null)
  return {
    titles: matched.map(({ anime_id, name, rating, status }) =>
      listedTitle(titleOf(anime_id, name), rating ?? 'seen', status),
    ),
    planned: planned.flatMap(({ anime_id, name }) => (anime_id === null ? [] : [titleOf(anime_id, name)])),
    newer: unmatched.flatMap(({ anime_id, name, rating, status }) =>
      anime_id === null ? [] : [listedTitle(unknownTitle(anime_id, name), rating ?? 'seen', status)],
    ),
    lost: lost.map(({ name }) => name),
    skipped: skipped.map(({ anime_id, name, reason }) => ({ name: name || `Title ${anime_id}`, reason })),
  }
}

/** “412 titles read: 380 found, 20 not in this catalog, 12 planned.” */
export function summary({ titles, planned, newer, lost, skipped }: ImportedList): string {
  const unknown = newer.length + lost.length
  const parts = [
    `${asCount(titles.length)} found`,
    unknown && `${asCount(unknown)} not in this catalog`,
    planned.length && `${asCount(planned.length)} planned`,
    skipped.length && `${asCount(skipped.length)} skipped`,
  ].filter(Boolean)
  const read = titles.length + planned.length + unknown + skipped.length
  return `${counted(read, 'title')} read: ${parts.join(', ')}.`
}
