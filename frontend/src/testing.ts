// Filters and algorithms for tests.
import type { Filter } from './filters'
import type { Algorithm, Offer } from './knobs'

export function algorithm(name: string, label: string): Algorithm {
  return {
    name,
    label,
    description: `What ${label} does.`,
    needs_list: false,
    default_limit: 20,
    similar: false,
    weights: null,
  }
}

export function filter(
  name: string,
  label: string,
  control: Filter['control'],
  more: Partial<Filter> = {},
): Filter {
  const none = {
    choices: null,
    ordered: false,
    has_more: false,
    minimum: null,
    maximum: null,
    step: null,
    default: null,
  }
  return { name, label, description: `${label}, in a sentence`, control, ...none, ...more }
}

const GENRES = ['Drama', 'Action', 'Slice of Life', 'Thriller', 'Horror']
const YEARS = { minimum: 1900, maximum: 2200, step: 1 }

export const FILTERS = [
  filter('types', 'Type', 'multichoice', { choices: ['TV', 'Movie', 'OVA'], default: [] }),
  filter('genres', 'Genres', 'multichoice', { choices: GENRES, default: [] }),
  filter('genres_exclude', 'Excluded genres', 'multichoice', { choices: GENRES, default: [] }),
  filter('year_from', 'Aired since', 'year', YEARS),
  filter('year_to', 'Aired until', 'year', YEARS),
  filter('min_mal_score', 'Minimum score', 'number', { minimum: 0, maximum: 10, step: 0.1, default: 0 }),
  filter('min_members', 'Members', 'none', { minimum: 0, maximum: 1e9, step: 1, default: 0 }),
  filter('nsfw', 'Include adult titles', 'switch', { default: false }),
]

export const ALGORITHMS = [
  algorithm('hybrid', 'For you'),
  algorithm('item-item', 'More like your favorites'),
  { ...algorithm('blend', 'Your own mix'), weights: { hybrid: 0.7, 'item-item': 0.3 } },
]

export const OFFER: Offer = { algorithms: ALGORITHMS, filters: FILTERS }
