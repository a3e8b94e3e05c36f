// The list as a file in the format that MyAnimeList exports and imports.
import { type Lists, scoreOf, type ShortTitle, type Status } from '@/stores/list'

const PLANNED = 'Plan to Watch'
const STATUSES = {
  completed: 'Completed',
  watching: 'Watching',
  on_hold: 'On-Hold',
  dropped: 'Dropped',
} as const satisfies Record<Status, string>

/** The XML. With update_on_import 0, entries that a list on MyAnimeList already has stay as they are. */
export function malExport({ titles, planned }: Lists): string {
  const entries = [
    ...titles.map((title) =>
      entry(
        title,
        title.opinion === 'seen' ? 0 : scoreOf(title.opinion),
        STATUSES[title.status ?? 'completed'],
      ),
    ),
    ...planned.map((title) => entry(title, 0, PLANNED)),
  ]
  return [
    '<?xml version="1.0" encoding="UTF-8" ?>',
    '<myanimelist>',
    '  <myinfo>',
    '    <user_export_type>1</user_export_type>',
    `    <user_total_anime>${entries.length}</user_total_anime>`,
    '  </myinfo>',
    ...entries,
    '</myanimelist>',
    '',
  ].join('\n')
}

function entry({ anime_id, name, type }: ShortTitle, score: number, status: string): string {
  return [
    '  <anime>',
    `    <series_animedb_id>${anime_id}</series_animedb_id>`,
    `    <series_title>${cdata(name)}</series_title>`,
    `    <series_type>${cdata(type ?? '')}</series_type>`,
    `    <my_score>${score}</my_score>`,
    `    <my_status>${status}</my_status>`,
    '    <update_on_import>0</update_on_import>',
    '  </anime>',
  ].join('\n')
}

/** Text that ends no section early, without the characters that XML cannot have. */
function cdata(text: string): string {
  const clean = text.replace(/[\p{Surrogate}\p{Control}\ufffe\uffff]/gu, ' ')
  return `<![CDATA[${clean.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

/** Hand a text over as a download. */
export function download(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
