import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'

import { FILTERS } from '@/testing'

import { addressOf, mayFilter, requestOf, viewOf } from './view'

const view = (query: LocationQuery) => viewOf(query, FILTERS)

describe('the view of an address', () => {
  it('is the first page of everything where nothing is said', () => {
    expect(view({})).toEqual({ filters: {}, sort: 'likes', page: 1 })
    expect(addressOf(view({}))).toEqual({})
  })

  it('takes filters, order and page, and gives them back', () => {
    const query = { types: 'Movie,TV', genres: 'Drama', year_from: '1990', sort: 'mean_rating', page: '3' }
    expect(addressOf(view(query))).toEqual(query)
  })

  it.each(['0', '-1', '1.5', 'two', '', '99999999999', ['2', '3']])('ignores the page %s', (page) => {
    expect(view({ page }).page).toBe(1)
  })

  it('ignores an order that there is none of, and knobs of other pages', () => {
    expect(addressOf(view({ sort: 'name', diversity: '0.5', algorithm: 'ranker' }))).toEqual({})
  })

  it('waits for the filters only where there may be some', () => {
    const addresses: LocationQuery[] = [{}, { sort: 'likes', page: '2' }, { genres: 'Drama' }]
    expect(addresses.map(mayFilter)).toEqual([false, false, true])
  })
})

it('asks the API for only what is set', () => {
  expect(requestOf(view({ genres: 'Drama', year_to: '1999' }))).toEqual({
    genres: ['Drama'],
    year_to: 1999,
    sort: 'likes',
    page: 1,
    limit: 24,
  })
})
