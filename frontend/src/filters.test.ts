import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'

import { excludingOf, filtersCountedAs, filtersIn, includesAdult, inWords, withChanges } from './filters'
import { filter, FILTERS } from './testing'

const read = (query: LocationQuery) => filtersIn(query, FILTERS)
const named = (name: string) => FILTERS.find((one) => one.name === name) ?? filter('', '', 'none')

describe('filters in an address', () => {
  it('are read by their kind', () => {
    const query = { types: 'Movie,TV', year_to: '2012', min_mal_score: '7.5', nsfw: 'true' }
    expect(read(query)).toEqual({ types: ['Movie', 'TV'], year_to: 2012, min_mal_score: 7.5, nsfw: true })
  })

  it.each<LocationQuery>([
    { year_from: '1899' },
    { year_to: '2001.5' },
    { min_mal_score: 'NaN' },
    { min_mal_score: '10.1' },
    { min_mal_score: '0' },
    { min_members: '1000' },
    { nsfw: '1' },
    { nsfw: 'false' },
    { nsfw: 'toString' },
    { genres: null },
    { genres: 'Cooking' },
    { types: ' , ,' },
    { utm_source: 'elsewhere' },
  ])('count as not given where the address says %o', (query) => {
    expect(read(query)).toEqual({})
  })

  it('are taken as they are where the API has more than the choices', () => {
    const studios = filter('studios', 'Studios', 'multichoice', { choices: ['Bones'], has_more: true })
    expect(filtersIn({ studios: 'bones,A Small One' }, [studios])).toEqual({
      studios: ['A Small One', 'Bones'],
    })
    expect(filtersIn({ studios: 'A Small One' }, [{ ...studios, has_more: false }])).toEqual({})
  })

  it('read a repeated list as one', () => {
    expect(read({ genres: ['Drama', 'Action,Drama'] })).toEqual({ genres: ['Action', 'Drama'] })
  })

  it('are spelled as the API spells them, without what it does not have', () => {
    expect(
      read({ genres: 'thriller,Cooking', genres_exclude: 'HORROR,thriller', types: 'tv,Radio' }),
    ).toEqual({
      genres: ['Thriller'],
      genres_exclude: ['Horror'],
      types: ['TV'],
    })
  })

  it('take no more and no longer names than the API does', () => {
    const tags = [filter('tags', 'Tags', 'multichoice')]
    const many = Array.from({ length: 60 }, (_, at) => `Tag ${at}`)
    expect(filtersIn({ tags: many.join() }, tags).tags).toHaveLength(50)
    expect(filtersIn({ tags: 'x'.repeat(201) }, tags)).toEqual({})
  })

  it('put the ends of a range in order', () => {
    expect(read({ year_from: '2020', year_to: '1990' })).toEqual({ year_from: 1990, year_to: 2020 })
  })

  it('want what is both wanted and excluded', () => {
    expect(read({ genres: 'Drama', genres_exclude: 'Drama,Horror' })).toEqual({
      genres: ['Drama'],
      genres_exclude: ['Horror'],
    })
    expect(read({ genres: 'Drama', genres_exclude: 'Drama' })).toEqual({ genres: ['Drama'] })
  })

  it('can be off where a switch is on by default', () => {
    const dubbed = [filter('dubbed', 'Dubbed', 'switch', { default: true })]
    expect(filtersIn({ dubbed: 'false' }, dubbed)).toEqual({ dubbed: false })
    expect(filtersIn({ dubbed: 'true' }, dubbed)).toEqual({})
  })
})

it('asks for adult titles without knowing the filters', () => {
  const addresses: LocationQuery[] = [{ nsfw: 'true' }, { nsfw: '1' }, {}]
  expect(addresses.map(includesAdult)).toEqual([true, false, false])
})

it('drops what a change takes back to its default', () => {
  const values = { types: ['TV'], year_from: 1990, year_to: 2000 }
  expect(withChanges(values, { types: [], year_to: null, nsfw: true })).toEqual({
    year_from: 1990,
    nsfw: true,
  })
  expect(withChanges(values, { year_to: 1980 })).toEqual({ types: ['TV'], year_from: 1980, year_to: 1990 })
})

it('pairs a filter with the one that excludes the same choices', () => {
  expect(excludingOf(named('genres'), FILTERS)?.name).toBe('genres_exclude')
  expect(excludingOf(named('types'), FILTERS)).toBeUndefined()
})

it('finds both ends of a range behind one count', () => {
  expect(filtersCountedAs('year', FILTERS).map(({ name }) => name)).toEqual(['year_from', 'year_to'])
  expect(filtersCountedAs('genres', FILTERS).map(({ name }) => name)).toEqual(['genres'])
})

it.each([
  ['types', ['Movie', 'TV'], 'Movie and TV'],
  ['genres_exclude', ['Horror'], 'No Horror'],
  ['genres_exclude', ['Ecchi', 'Horror', 'Mecha'], 'No Ecchi, Horror, or Mecha'],
  ['year_from', 1990, 'Aired since 1990'],
  ['min_mal_score', 7.5, 'Minimum score 7.5'],
  ['nsfw', true, 'Include adult titles'],
])('puts %s in words', (name, value, words) => {
  expect(inWords(named(name), value)).toBe(words)
})
