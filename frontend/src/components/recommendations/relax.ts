// Suggestions for relaxing filters that leave few titles.
import { type Filter, filtersCountedAs, inWords, isExcluding } from '@/filters'
import type { Franchise, KnobChanges, Knobs } from '@/knobs'

interface Relaxation {
  label: string
  titles: number // that come back
  changes: KnobChanges
}

const FRANCHISES: Readonly<Record<Franchise, string>> = {
  entry_point: 'Only where a series starts',
  exclude: 'Nothing from a series you know',
  allow: '',
}

/**
 * The knobs that exclude titles, those that exclude most first.
 *
 * @param filtered how many titles each excluded, as the API counts them.
 */
export function relaxations(
  filtered: Readonly<Record<string, number>>,
  knobs: Knobs,
  filters: readonly Filter[],
): Relaxation[] {
  return Object.entries(filtered)
    .flatMap(([name, titles]) => {
      const found = titles ? relaxed(name, knobs, filters) : null
      return found ? [{ ...found, titles }] : []
    })
    .sort((a, b) => b.titles - a.titles)
}

function relaxed(
  name: string,
  { franchise, filters: values }: Knobs,
  filters: readonly Filter[],
): Omit<Relaxation, 'titles'> | null {
  if (name === 'franchise') return { label: FRANCHISES[franchise], changes: { franchise: 'allow' } }
  const set = filtersCountedAs(name, filters).flatMap((filter) => {
    const value = values[filter.name]
    return value === undefined ? [] : [{ name: filter.name, label: asLimit(filter, inWords(filter, value)) }]
  })
  if (!set.length) return null
  return {
    label: set.map(({ label }) => label).join(', '),
    changes: { filters: Object.fromEntries(set.map((filter) => [filter.name, null])) },
  }
}

function asLimit(filter: Filter, words: string): string {
  const isChoice = filter.control === 'choice' || filter.control === 'multichoice'
  return isChoice && !isExcluding(filter) ? `Only ${words}` : words
}
