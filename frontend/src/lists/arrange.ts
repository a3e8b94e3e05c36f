// Sorting and filtering of the list.
import type { ListedTitle, Opinion } from '@/stores/list'

export const SORTS = {
  added: 'Recently added',
  name: 'Name',
  rating: 'Your rating',
  year: 'Year',
} as const
export type Sort = keyof typeof SORTS

const names = new Intl.Collator('en', { sensitivity: 'base', numeric: true })
const MARKS = /\p{Mark}/gu

/** The titles whose names have `text` in them, sorted; the list itself is the order of adding, newest first. */
export function arranged(titles: readonly ListedTitle[], sort: Sort, text: string): ListedTitle[] {
  const wanted = folded(text.trim())
  const shown = titles.filter(({ name, english }) => folded(`${name}\n${english ?? ''}`).includes(wanted))
  if (sort === 'name') shown.sort((a, b) => names.compare(a.name, b.name))
  if (sort === 'rating') shown.sort((a, b) => weight(b.opinion) - weight(a.opinion))
  if (sort === 'year') shown.sort((a, b) => (b.year ?? 0) - (a.year ?? 0))
  return shown
}

function weight(opinion: Opinion): number {
  if (opinion === 'seen') return 0
  return opinion === 'liked' ? 10 : opinion
}

/** Without case, accents and widths. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase()
}
