// What the page of popular titles shows: as the address bar says it, and as the API takes it.
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

import { DEFAULTS, type Filters, fromQuery, toQuery } from '@/knobs'

export const PAGE_SIZE = 24
export const SORTS = { likes: 'Liked by most people', mean_rating: 'Highest mean rating' } as const

const MAX_PAGE = 1_000_000

export type Sort = keyof typeof SORTS

export interface View extends Filters {
  sort: Sort
  page: number // from 1
}

/** The view of an address; what is unknown or broken there counts as not given. */
export function viewOf(query: LocationQuery): View {
  const page = /^\d{1,7}$/.test(String(query.page)) ? Number(query.page) : 1
  return {
    ...filtersOf(fromQuery(query)),
    sort: query.sort === 'mean_rating' ? 'mean_rating' : 'likes',
    page: Math.min(MAX_PAGE, Math.max(1, page)),
  }
}

/** What differs from the default. */
export function addressOf({ sort, page, ...filters }: View): LocationQueryRaw {
  return {
    ...toQuery({ ...DEFAULTS, ...filters }),
    ...(sort === 'likes' ? {} : { sort }),
    ...(page === 1 ? {} : { page: String(page) }),
  }
}

/** Without any filter, from the first page. */
export function unfiltered({ sort }: View): View {
  return { ...filtersOf(DEFAULTS), sort, page: 1 }
}

/** The query of GET /popular. */
export function requestOf({ year_from, year_to, ...view }: View) {
  return { ...view, limit: PAGE_SIZE, ...(year_from && { year_from }), ...(year_to && { year_to }) }
}

function filtersOf({ types, genres, genres_exclude, year_from, year_to }: Filters): Filters {
  return { types, genres, genres_exclude, year_from, year_to }
}
