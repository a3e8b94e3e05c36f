// A list exported from MyAnimeList: the server reads the file and forgets it.
import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'

import { BringError, type BroughtList, matched, type OutsideList } from './brought'

type MalImportAnswer = components['schemas']['MalImportAnswer']

export const EXPORT_PAGE = 'https://myanimelist.net/panel.php?go=export'
const MAX_BYTES = 10_000_000 // of one upload, as the server takes it
const PLANNED = 'plan to watch'

export async function readMalExport(file: File, signal?: AbortSignal): Promise<BroughtList> {
  if (file.size > MAX_BYTES) {
    const most = `${MAX_BYTES / 1e6} MB`
    throw new BringError(`“${file.name}” is larger than ${most}, which no export is. Is it the right file?`)
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
    throw new BringError(`“${file.name}” is an export, but there is no title in it.`)
  return broughtOf(answer, signal)
}

function formOf(file: File): FormData {
  const form = new FormData()
  form.append('file', file)
  return form
}

/** The answer has ids and names only; the catalog gives the rest. */
async function broughtOf(answer: MalImportAnswer, signal?: AbortSignal): Promise<BroughtList> {
  const planned = answer.skipped.filter((entry) => entry.reason.startsWith(PLANNED)).length
  const list: OutsideList = {
    entries: answer.matched.map(({ anime_id, name, rating }) => ({
      anime_id,
      title: name,
      opinion: rating ?? 'seen',
    })),
    planned,
  }
  const brought = await matched(list, Infinity, signal)
  const unmatched = answer.unmatched.map(({ anime_id, name }) => name || `Title ${anime_id}`)
  return {
    ...brought,
    unmatched: [...brought.unmatched, ...unmatched],
    skipped: brought.skipped + answer.skipped.length - planned,
  }
}
