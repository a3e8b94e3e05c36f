// Imported lists: the server reads a file, a text or the list of a name, and forgets it.
import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'
import { asCount } from '@/charts/numbers'
import { counted } from '@/reasons'
import { type ListedTitle, listedTitle } from '@/stores/list'

import { fetchTitles } from './titles'

type ImportAnswer = components['schemas']['ImportAnswer']
export type ImportSite = components['schemas']['ImportSite']

export const EXPORT_PAGE = 'https://myanimelist.net/panel.php?go=export'
const MAX_BYTES = 10_000_000 // of one upload, as the server takes it

/** Why a list cannot be imported; `message` can be shown as it is. */
export class ImportError extends Error {}

export interface ImportedList {
  listed: ListedTitle[]
  unmatched: string[] // names of what this catalog does not have
  planned: number // titles that are not watched yet, which do not count
  skipped: number // for another reason, such as being listed twice
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
  { counts, matched, unmatched, skipped }: ImportAnswer,
  signal: AbortSignal | undefined,
  empty: string,
): Promise<ImportedList> {
  if (counts.read === 0) throw new ImportError(empty)
  const known = await fetchTitles(
    matched.map(({ anime_id }) => anime_id),
    signal,
  )
  const imported: ImportedList = {
    listed: [],
    unmatched: unmatched.map(({ anime_id, name }) => name || `Title ${anime_id}`),
    planned: counts.planned,
    skipped: skipped.length,
  }
  for (const { anime_id, name, rating } of matched) {
    const title = known.get(anime_id)
    if (title) imported.listed.push(listedTitle(title, rating ?? 'seen'))
    else imported.unmatched.push(name) // a new model came in between
  }
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
