// Which filters to let go of where they leave little.
import { DEFAULTS, type Franchise, type Knobs } from '@/knobs'
import { listed } from '@/reasons'

interface Relaxation {
  label: string
  titles: number // that it takes away
  changes: Partial<Knobs>
}

const FRANCHISES: Readonly<Record<Franchise, string>> = {
  entry_point: 'only where a new series starts',
  exclude: 'nothing of a series you know',
  allow: '',
}

/** The knobs that take titles away, those that take most first. `filtered`: of the answer. */
export function relaxations(filtered: Readonly<Record<string, number>>, knobs: Knobs): Relaxation[] {
  const { year_from: from, year_to: to } = knobs
  const all: Record<string, Omit<Relaxation, 'titles'>> = {
    types: { label: `only ${listed(knobs.types)}`, changes: { types: [] } },
    genres: { label: `only ${listed(knobs.genres)}`, changes: { genres: [] } },
    genres_exclude: { label: `no ${listed(knobs.genres_exclude)}`, changes: { genres_exclude: [] } },
    min_score: { label: `a score of ${knobs.min_score} or more`, changes: { min_score: DEFAULTS.min_score } },
    year: { label: years(from, to), changes: { year_from: null, year_to: null } },
    franchise: { label: FRANCHISES[knobs.franchise], changes: { franchise: 'allow' } },
  }
  return Object.entries(filtered)
    .flatMap(([name, titles]) => (titles && all[name] ? [{ ...all[name], titles }] : []))
    .sort((a, b) => b.titles - a.titles)
}

function years(from: number | null, to: number | null): string {
  if (from === null) return `aired until ${to}`
  return to === null ? `aired since ${from}` : `aired ${from}–${to}`
}
