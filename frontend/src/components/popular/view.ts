// The view of popular titles, read from the address bar and turned into a request.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import { type Filter, filtersIn, type FilterValues } from '@/filters'
import { DEFAULTS, toQuery } from '@/knobs'

export const PAGE_SIZE = 24
export const SORTS = { likes: 'Most liked', mean_rating: 'Highest rated' } as const

const MAX_PAGE = 1_000_000
const OWN_KEYS = ['sort', 'page']

export type Sort = keyof typeof SORTS | 'trending'

export interface View {
  filters: FilterValues
  sort: Sort
  page: number // from 1
}

/** The view of an address; what is unknown or broken there counts as not given. `filters`: of the API. */
export function viewOf(query: LocationQuery, filters: readonly Filter[]): View {
  const page = /^\d{1,7}$/.test(String(query.page)) ? Number(query.page) : 1
  return {
    filters: filtersIn(query, filters),
    sort: query.sort === 'mean_rating' || query.sort === 'trending' ? query.sort : 'likes',
    page: Math.min(MAX_PAGE, Math.max(1, page)),
  }
}

/** Whether an address has anything that may be a filter. */
export function mayFilter(query: LocationQuery): boolean {
  return Object.keys(query).some((key) => !OWN_KEYS.includes(key))
}

/** What differs from the default. */
export function addressOf({ sort, page, filters }: View): LocationQueryRaw {
  return {
    ...toQuery({ ...DEFAULTS, filters }),
    ...(sort === 'likes' ? {} : { sort }),
    ...(page === 1 ? {} : { page: String(page) }),
  }
}

/** The query of GET /popular. */
export function requestOf({ filters, sort, page }: View) {
  return { ...filters, sort, page, limit: PAGE_SIZE }
}
