import { describe, expect, it } from 'vitest'

import { DEFAULTS, type Knobs } from '@/knobs'
import { FILTERS } from '@/testing'

import { relaxations } from './relax'

const KNOBS: Knobs = {
  ...DEFAULTS,
  filters: {
    genres: ['Horror', 'Drama'],
    genres_exclude: ['Action'],
    year_from: 1990,
    year_to: 1995,
    types: ['TV'],
  },
}

describe('relaxations', () => {
  it('name what excludes titles, most first, and how to stop it', () => {
    const filtered = {
      nsfw: 4,
      types: 300,
      genres: 1300,
      genres_exclude: 1,
      year: 900,
      franchise: 0,
      exclude_ids: 2,
    }
    expect(relaxations(filtered, KNOBS, FILTERS)).toEqual([
      { label: 'Only Horror and Drama', titles: 1300, changes: { filters: { genres: null } } },
      {
        label: 'Aired since 1990, Aired until 1995',
        titles: 900,
        changes: { filters: { year_from: null, year_to: null } },
      },
      { label: 'Only TV', titles: 300, changes: { filters: { types: null } } },
      { label: 'No Action', titles: 1, changes: { filters: { genres_exclude: null } } },
    ])
  })

  it.each([
    [{ year_from: 2000 }, 'Aired since 2000'],
    [{ year_to: 1980 }, 'Aired until 1980'],
  ])('name the one end of a range that is set: %o', (filters, label) => {
    expect(relaxations({ year: 1 }, { ...DEFAULTS, filters }, FILTERS)[0]?.label).toBe(label)
  })

  it('let every part of a series in', () => {
    const [found] = relaxations({ franchise: 9 }, { ...DEFAULTS, franchise: 'exclude' }, FILTERS)
    expect(found).toEqual({
      label: 'Nothing from a series you know',
      titles: 9,
      changes: { franchise: 'allow' },
    })
  })

  it('are none where nothing is excluded', () => {
    expect(relaxations({}, DEFAULTS, FILTERS)).toEqual([])
  })
})
