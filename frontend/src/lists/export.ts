// The list as a file in the format that MyAnimeList exports and imports.
import type { ListedTitle, Opinion } from '@/stores/list'

const FAVORITE = 10 // a favorite without a rating counts as this everywhere but in this browser

/** The XML. With update_on_import 0, entries that a list on MyAnimeList already has stay as they are. */
export function malExport(titles: readonly ListedTitle[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8" ?>',
    '<myanimelist>',
    '  <myinfo>',
    '    <user_export_type>1</user_export_type>',
    `    <user_total_anime>${titles.length}</user_total_anime>`,
    `    <user_total_completed>${titles.length}</user_total_completed>`,
    '  </myinfo>',
    ...titles.map(entry),
    '</myanimelist>',
    '',
  ].join('\n')
}

function entry({ anime_id, name, type, opinion }: ListedTitle): string {
  return [
    '  <anime>',
    `    <series_animedb_id>${anime_id}</series_animedb_id>`,
    `    <series_title>${cdata(name)}</series_title>`,
    `    <series_type>${cdata(type ?? '')}</series_type>`,
    `    <my_score>${scoreOf(opinion)}</my_score>`,
    '    <my_status>Completed</my_status>',
    '    <update_on_import>0</update_on_import>',
    '  </anime>',
  ].join('\n')
}

function scoreOf(opinion: Opinion): number {
  if (opinion === 'seen') return 0
  return opinion === 'liked' ? FAVORITE : opinion
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
