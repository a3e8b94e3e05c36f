// A list exported from MyAnimeList: the server reads the file and forgets it.
import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'

import { ImportError, type ImportedList, matchTitles, type ExternalList } from './imports'

type MalImportAnswer = components['schemas']['MalImportAnswer']

export const EXPORT_PAGE = 'https://myanimelist.net/panel.php?go=export'
const MAX_BYTES = 10_000_000 // of one upload, as the server takes it
const PLANNED = 'plan to watch'

export async function readMalExport(file: File, signal?: AbortSignal): Promise<ImportedList> {
  if (file.size > MAX_BYTES) {
    const most = `${MAX_BYTES / 1e6} MB`
    throw new ImportError(`“${file.name}” is larger than ${most}, and no export is. Is it the right file?`)
  }
  const answer = await answered(
    api.POST('/api/v1/imports/mal', {
      params: { query: { dry_run: true } },
      body: { file: '' }, // typed as text; what is sent is the form
      bodySerializer: () => formOf(file),
      signal,
    }),
  )
  if (answer.counts.read === 0)
    throw new ImportError(`“${file.name}” is an export, but it has no titles in it.`)
  return importedFrom(answer, signal)
}

function formOf(file: File): FormData {
  const form = new FormData()
  form.append('file', file)
  return form
}

/** The answer has ids and names only; the catalog gives the rest. */
async function importedFrom(answer: MalImportAnswer, signal?: AbortSignal): Promise<ImportedList> {
  const planned = answer.skipped.filter((entry) => entry.reason.startsWith(PLANNED)).length
  const list: ExternalList = {
    entries: answer.matched.map(({ anime_id, name, rating }) => ({
      anime_id,
      name,
      opinion: rating ?? 'seen',
    })),
    planned,
  }
  const imported = await matchTitles(list, Infinity, signal)
  const unmatched = answer.unmatched.map(({ anime_id, name }) => name || `Title ${anime_id}`)
  return {
    ...imported,
    unmatched: [...imported.unmatched, ...unmatched],
    skipped: imported.skipped + answer.skipped.length - planned,
  }
}
