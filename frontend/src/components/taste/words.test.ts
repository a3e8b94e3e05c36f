import { describe, expect, it } from 'vitest'

import { eras, leanings, strictness, summary } from './words'

const TASTE = {
  model_version: 'v0001',
  titles: 2000,
  rated: 1200,
  mean_rating: 7.86,
  others_mean_rating: 7.2,
  histogram: [],
  genres: [],
  decades: [],
  types: [],
  higher: [],
  lower: [],
  neighbors: [],
  resolved: [],
  unresolved: [],
}

function genre(name: string, share: number, others_share: number, titles = 10) {
  return { name, titles, share, others_share, mean_rating: null, others_mean_rating: null }
}

describe('the summary', () => {
  it('counts titles and ratings', () => {
    expect(summary(TASTE)).toBe('2,000 titles, 1,200 of them rated, 7.9 on average.')
  })

  it('of a list without ratings says so', () => {
    expect(summary({ ...TASTE, titles: 1, rated: 0, mean_rating: null })).toBe(
      '1 title, none of them rated yet.',
    )
  })
})

describe('leanings', () => {
  it('name what is watched more and less, furthest first', () => {
    const genres = [
      genre('Comedy', 0.2, 0.5),
      genre('Drama', 0.5, 0.3),
      genre('Mystery', 0.6, 0.2),
      genre('School', 0.3, 0.31),
    ]
    expect(leanings(genres)).toBe(
      'Compared with other people, you watch more Mystery and Drama, and less Comedy.',
    )
  })

  it('leave out what few titles or few points tell', () => {
    expect(leanings([genre('Mystery', 0.6, 0.2, 2), genre('Drama', 0.32, 0.3)])).toBeNull()
    expect(leanings([])).toBeNull()
  })

  it('include a genre that nobody else watches', () => {
    expect(leanings([genre('Cars', 0.5, 0)])).toBe('Compared with other people, you watch more Cars.')
  })
})

describe('strictness', () => {
  it.each([
    [7.86, 7.8, 'You rate about like everyone else: 7.9 on average; others gave the same titles 7.8.'],
    [
      8.2,
      7.8,
      'You rate a little more generously than others: 8.2 on average; others gave the same titles 7.8.',
    ],
    [
      6.8,
      7.8,
      'You rate noticeably more strictly than others: 6.8 on average; others gave the same titles 7.8.',
    ],
    [5.0, 7.8, 'You rate much more strictly than others: 5.0 on average; others gave the same titles 7.8.'],
  ])('of %s against %s', (mean_rating, others_mean_rating, expected) => {
    expect(strictness({ mean_rating, others_mean_rating })).toBe(expected)
  })

  it('is not known without ratings', () => {
    expect(strictness({ mean_rating: null, others_mean_rating: 7 })).toBeNull()
    expect(strictness({ mean_rating: 7, others_mean_rating: null })).toBeNull()
  })
})

describe('eras', () => {
  it('name the decade with most titles, and the oldest', () => {
    const decades = [
      { decade: 1980, share: 0.1 },
      { decade: 2000, share: 0.3 },
      { decade: 2010, share: 0.6 },
    ]
    expect(eras(decades)).toBe('Most of your titles are from the 2010s (60%); the oldest are from the 1980s.')
    expect(eras(decades.slice(0, 2))).toBe(
      'More of your titles are from the 2000s (30%) than from any other decade; the oldest are from the 1980s.',
    )
    expect(eras([{ decade: 2000, share: 1 }])).toBe('Most of your titles are from the 2000s (100%).')
  })

  it('name every decade that shares the first place', () => {
    const decades = [
      { decade: 2010, share: 0.4 },
      { decade: 1990, share: 0.2 },
      { decade: 2000, share: 0.4 },
    ]
    expect(eras(decades)).toBe(
      'Your top decades are the 2000s and 2010s (40% each); the oldest are from the 1990s.',
    )
  })

  it('are not known where no year is', () => {
    expect(eras([])).toBeNull()
  })
})
