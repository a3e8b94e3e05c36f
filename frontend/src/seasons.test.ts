import { describe, expect, it } from 'vitest'

import { after, asSeason, knownUntil, numberOf, seasonIn, seasonOf } from './seasons'

const SPRING = { year: 2013, name: 'spring' } as const

describe('seasons', () => {
  it('are written as filters spell them, and read again', () => {
    expect(asSeason(SPRING)).toBe('Spring 2013')
    expect(seasonIn('spring 2013')).toEqual(SPRING)
    expect(seasonIn('Autumn 2013') ?? seasonIn('2013') ?? seasonIn('constructor 2013')).toBeNull()
  })

  it('follow one another across years', () => {
    expect([-2, -1, 0, 1, 2, 3].map((count) => asSeason(after(SPRING, count)))).toEqual([
      'Fall 2012',
      'Winter 2013',
      'Spring 2013',
      'Summer 2013',
      'Fall 2013',
      'Winter 2014',
    ])
    expect(numberOf(after(SPRING, 5)) - numberOf(SPRING)).toBe(5)
  })

  it('begin with January, April, July and October', () => {
    const days = ['2026-01-01', '2026-03-31', '2026-04-01', '2026-09-30', '2026-12-31']
    expect(days.map((day) => seasonOf(new Date(day)).name)).toEqual([
      'winter',
      'winter',
      'spring',
      'summer',
      'fall',
    ])
  })
})

it('the age of the catalog is a season, a year, or not known', () => {
  expect(knownUntil({ known_until: { year: 2016, season: 'fall' } })).toBe('Fall 2016')
  expect(knownUntil({ known_until: { year: 2016, season: null } })).toBe('2016')
  expect(knownUntil({ known_until: null }) ?? knownUntil(undefined)).toBeNull()
})
