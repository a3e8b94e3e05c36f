import { describe, expect, it } from 'vitest'

import { addressOf, requestOf, unfiltered, viewOf } from './view'

describe('the view of an address', () => {
  it('is the first page of everything where nothing is said', () => {
    const view = viewOf({})
    expect(view).toMatchObject({
      types: [],
      genres: [],
      year_from: null,
      year_to: null,
      sort: 'likes',
      page: 1,
    })
    expect(addressOf(view)).toEqual({})
  })

  it('takes filters, order and page, and gives them back', () => {
    const query = { types: 'Movie,TV', genres: 'Sci-Fi', year_from: '1990', sort: 'mean_rating', page: '3' }
    expect(addressOf(viewOf(query))).toEqual(query)
  })

  it.each(['0', '-1', '1.5', 'two', '', '99999999999', ['2', '3']])('ignores the page %s', (page) => {
    expect(viewOf({ page }).page).toBe(1)
  })

  it('ignores an order that there is none of, and knobs of other pages', () => {
    expect(addressOf(viewOf({ sort: 'name', diversity: '0.5', algorithm: 'ranker' }))).toEqual({})
  })
})

it('asks the API for only what is set', () => {
  expect(requestOf(viewOf({ genres: 'Drama', year_to: '1999' }))).toEqual({
    types: [],
    genres: ['Drama'],
    genres_exclude: [],
    year_to: 1999,
    sort: 'likes',
    page: 1,
    limit: 24,
  })
})

it('keeps its order without filters', () => {
  const view = viewOf({ genres: 'Drama', sort: 'mean_rating', page: '2' })
  expect(addressOf(unfiltered(view))).toEqual({ sort: 'mean_rating' })
})
