import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'

import { countSet, DEFAULTS, fromQuery, known, type Knobs, requestOf, toQuery } from './knobs'

const TURNED: Knobs = {
  algorithm: 'item-item',
  diversity: 0.3,
  niche: 1,
  types: ['Movie', 'TV'],
  genres: ['Slice of Life', 'Thriller'],
  genres_exclude: ['Horror'],
  year_from: 1998,
  year_to: 2012,
  min_score: 7.5,
  franchise: 'allow',
  nsfw: true,
}

describe('knobs in the address', () => {
  it('are absent where nothing is turned', () => {
    expect(toQuery(DEFAULTS)).toEqual({})
    expect(fromQuery({})).toEqual(DEFAULTS)
  })

  it('come back as they were', () => {
    expect(fromQuery(toQuery(TURNED) as Record<string, string>)).toEqual(TURNED)
  })

  it('stand in one order, however they came', () => {
    const shuffled = fromQuery({ nsfw: 'true', genres: 'Thriller,Action', algorithm: 'popular' })
    expect(Object.entries(toQuery(shuffled))).toEqual([
      ['algorithm', 'popular'],
      ['genres', 'Action,Thriller'],
      ['nsfw', 'true'],
    ])
  })

  it.each<LocationQuery>([
    { algorithm: 'magic' },
    { algorithm: 'toString' },
    { diversity: '1.1' },
    { diversity: '-0' },
    { niche: '1e-1' },
    { niche: ['0.1', '0.2'] },
    { year_from: '1899' },
    { year_to: '2001.5' },
    { min_score: 'NaN' },
    { franchise: '' },
    { nsfw: '1' },
    { genres: null },
    { types: ' , ,' },
    { genres: 'x'.repeat(201) },
    { utm_source: 'elsewhere' },
  ])('are as they begin where the address says %o', (query) => {
    expect(fromQuery(query)).toEqual(DEFAULTS)
  })

  it('read a repeated list as one', () => {
    expect(fromQuery({ genres: ['Drama', 'Action,Drama'] }).genres).toEqual(['Action', 'Drama'])
  })

  it('take no more names than the API does', () => {
    const many = Array.from({ length: 60 }, (_, at) => `Genre ${at}`)
    expect(fromQuery({ genres: many.join() }).genres).toHaveLength(50)
  })

  it('put years in order', () => {
    expect(fromQuery({ year_from: '2020', year_to: '1990' })).toMatchObject({
      year_from: 1990,
      year_to: 2020,
    })
  })

  it('want what is both wanted and left out', () => {
    const knobs = fromQuery({ genres: 'Drama', genres_exclude: 'Drama,Horror' })
    expect(knobs).toMatchObject({ genres: ['Drama'], genres_exclude: ['Horror'] })
  })
})

describe('known', () => {
  it('drops what the catalog does not have and spells the rest as it does', () => {
    const knobs = fromQuery({
      genres: 'thriller,Cooking',
      genres_exclude: 'HORROR,thriller',
      types: 'tv,Radio',
    })
    const choices = { types: [{ name: 'TV' }], genres: [{ name: 'Thriller' }, { name: 'Horror' }] }
    expect(known(knobs, choices)).toEqual({
      ...DEFAULTS,
      types: ['TV'],
      genres: ['Thriller'],
      genres_exclude: ['Horror'],
    })
  })
})

describe('countSet', () => {
  it('counts what is turned', () => {
    expect(countSet(DEFAULTS)).toBe(0)
    expect(countSet(TURNED)).toBe(11)
    expect(countSet({ ...DEFAULTS, year_to: 2000, nsfw: true })).toBe(2)
  })
})

describe('requestOf', () => {
  it('puts conditions into filters', () => {
    const { filters, ...wishes } = requestOf(TURNED)
    expect(wishes).toEqual({ algorithm: 'item-item', diversity: 0.3, niche: 1, franchise: 'allow' })
    expect(filters).toEqual({
      types: ['Movie', 'TV'],
      genres: ['Slice of Life', 'Thriller'],
      genres_exclude: ['Horror'],
      year_from: 1998,
      year_to: 2012,
      min_score: 7.5,
      min_members: 0,
      nsfw: true,
    })
  })
})
