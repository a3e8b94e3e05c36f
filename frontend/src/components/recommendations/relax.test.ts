import { describe, expect, it } from 'vitest'

import { DEFAULTS, type Knobs } from '@/knobs'

import { relaxations } from './relax'

const KNOBS: Knobs = {
  ...DEFAULTS,
  genres: ['Music', 'Horror'],
  year_from: 1990,
  year_to: 1995,
  types: ['TV'],
}

describe('relaxations', () => {
  it('name what takes titles away, most first, and how to stop it', () => {
    const found = relaxations(
      { nsfw: 4, types: 300, genres: 1300, year: 900, franchise: 0, exclude_ids: 2 },
      KNOBS,
    )
    expect(found).toEqual([
      { label: 'only Music and Horror', titles: 1300, changes: { genres: [] } },
      { label: 'aired 1990–1995', titles: 900, changes: { year_from: null, year_to: null } },
      { label: 'only TV', titles: 300, changes: { types: [] } },
    ])
  })

  it.each([
    [{ year_from: 2000, year_to: null }, 'aired since 2000'],
    [{ year_from: null, year_to: 1980 }, 'aired until 1980'],
  ])('say half-open years as they are: %o', (years, label) => {
    expect(relaxations({ year: 1 }, { ...DEFAULTS, ...years })[0]?.label).toBe(label)
  })

  it('let every part of a series in', () => {
    const [found] = relaxations({ franchise: 9 }, { ...DEFAULTS, franchise: 'exclude' })
    expect(found).toEqual({
      label: 'nothing of a series you know',
      titles: 9,
      changes: { franchise: 'allow' },
    })
  })

  it('are none where nothing is taken away', () => {
    expect(relaxations({}, DEFAULTS)).toEqual([])
  })
})
