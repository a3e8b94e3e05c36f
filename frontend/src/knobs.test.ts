import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'

import { changed, countSet, DEFAULTS, filtersPart, fromQuery, type Knobs, requestOf, toQuery } from './knobs'
import { OFFER } from './testing'

const TURNED: Knobs = {
  algorithm: 'item-item',
  diversity: 0.3,
  niche: 1,
  franchise: 'allow',
  filters: {
    types: ['Movie', 'TV'],
    genres: ['Slice of Life', 'Thriller'],
    genres_exclude: ['Horror'],
    year_from: 1998,
    year_to: 2012,
    min_mal_score: 7.5,
    nsfw: true,
  },
}

describe('knobs in the address', () => {
  it('are absent where nothing is turned', () => {
    expect(toQuery(DEFAULTS)).toEqual({})
    expect(fromQuery({}, OFFER)).toEqual(DEFAULTS)
  })

  it('come back as they were', () => {
    expect(fromQuery(toQuery(TURNED), OFFER)).toEqual(TURNED)
  })

  it('stand in one order, however they came', () => {
    const shuffled = fromQuery({ nsfw: 'true', genres: 'Thriller,Action', algorithm: 'item-item' }, OFFER)
    expect(Object.entries(toQuery(shuffled))).toEqual([
      ['algorithm', 'item-item'],
      ['genres', 'Action,Thriller'],
      ['nsfw', 'true'],
    ])
  })

  it.each<LocationQuery>([
    { algorithm: 'magic' },
    { algorithm: 'toString' },
    { algorithm: 'hybrid' },
    { diversity: '1.1' },
    { diversity: '-0' },
    { niche: '1e-1' },
    { niche: ['0.1', '0.2'] },
    { franchise: '' },
    { franchise: 'toString' },
    { utm_source: 'elsewhere' },
  ])('are at their defaults where the address says %o', (query) => {
    expect(fromQuery(query, OFFER)).toEqual(DEFAULTS)
  })

  it('are read as far as it is known what there is', () => {
    const unknown = { algorithms: undefined, filters: undefined }
    expect(fromQuery(toQuery(TURNED), unknown)).toEqual({ ...TURNED, algorithm: null, filters: {} })
    expect(filtersPart({ niche: '1', genres: 'Drama', algorithm: 'popular' })).toEqual({ genres: 'Drama' })
  })
})

it('counts the knobs that are turned', () => {
  expect(countSet(DEFAULTS)).toBe(0)
  expect(countSet(TURNED)).toBe(11)
  expect(countSet({ ...DEFAULTS, filters: { year_to: 2000, nsfw: true } })).toBe(2)
})

it('changes one filter and leaves the others', () => {
  const { filters, ...own } = changed(TURNED, { niche: 0, filters: { nsfw: null, types: ['OVA'] } })
  expect(own).toEqual({ algorithm: 'item-item', diversity: 0.3, niche: 0, franchise: 'allow' })
  expect(filters).toMatchObject({ types: ['OVA'], year_from: 1998 })
  expect(filters).not.toHaveProperty('nsfw')
})

it('requests what is turned, and the filters apart', () => {
  expect(requestOf(TURNED)).toEqual(TURNED)
  expect(requestOf(DEFAULTS)).toEqual({ diversity: 0, niche: 0, franchise: 'entry_point', filters: {} })
})
