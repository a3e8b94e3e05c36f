import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'

import { changed, countSet, DEFAULTS, filtersPart, fromQuery, type Knobs, requestOf, toQuery } from './knobs'
import { OFFER } from './testing'

const TURNED: Knobs = {
  algorithm: 'item-item',
  weights: null,
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

  it('hold the mix of an algorithm that is made of others', () => {
    const mixed: Knobs = { ...DEFAULTS, algorithm: 'blend', weights: { 'item-item': 1, hybrid: 0.25 } }
    expect(toQuery(mixed)).toEqual({ algorithm: 'blend', weights: 'hybrid:0.25,item-item:1' })
    expect(fromQuery(toQuery(mixed), OFFER)).toEqual(mixed)
    expect(requestOf(mixed)).toMatchObject({ algorithm: 'blend', weights: mixed.weights })
  })

  it.each([
    '',
    'hybrid',
    'hybrid:0',
    'hybrid:2',
    'blend:1',
    'magic:1',
    'toString:1',
    ':',
    'hybrid:-1,item-item:x',
  ])('hold no mix where the address says %o', (weights) => {
    expect(fromQuery({ algorithm: 'blend', weights }, OFFER)).toEqual({ ...DEFAULTS, algorithm: 'blend' })
  })

  it('hold no mix of an algorithm that is made of no others', () => {
    const query = { algorithm: 'item-item', weights: 'hybrid:1' }
    expect(fromQuery(query, OFFER).weights).toBeNull()
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

it('drops the mix with its algorithm, and one of nothing', () => {
  const mixed = changed({ ...DEFAULTS, algorithm: 'blend' }, { weights: { hybrid: 0.2 } })
  expect(mixed.weights).toEqual({ hybrid: 0.2 })
  expect(changed(mixed, { niche: 1 }).weights).toEqual({ hybrid: 0.2 })
  expect(changed(mixed, { algorithm: 'item-item' }).weights).toBeNull()
  expect(changed(mixed, { weights: { hybrid: 0 } }).weights).toBeNull()
})

it('changes one filter and leaves the others', () => {
  const { filters, ...own } = changed(TURNED, { niche: 0, filters: { nsfw: null, types: ['OVA'] } })
  expect(own).toEqual({ algorithm: 'item-item', weights: null, diversity: 0.3, niche: 0, franchise: 'allow' })
  expect(filters).toMatchObject({ types: ['OVA'], year_from: 1998 })
  expect(filters).not.toHaveProperty('nsfw')
})

it('requests what is turned, and the filters apart', () => {
  const { weights, ...turned } = TURNED
  expect(weights).toBeNull()
  expect(requestOf(TURNED)).toEqual(turned)
  expect(requestOf(DEFAULTS)).toEqual({ diversity: 0, niche: 0, franchise: 'entry_point', filters: {} })
})
