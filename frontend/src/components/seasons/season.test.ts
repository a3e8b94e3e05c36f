import { expect, it } from 'vitest'

import { asSeason } from '@/seasons'

import { seasonsToChoose } from './season'

it('today’s season, the next and the one shown can be chosen, each once', () => {
  const today = { year: 2026, name: 'fall' } as const
  const chosen = seasonsToChoose(['Fall 2016', 'Summer 2016', 'nonsense'], today, {
    year: 2016,
    name: 'fall',
  })
  expect(chosen.map(asSeason)).toEqual(['Winter 2027', 'Fall 2026', 'Fall 2016', 'Summer 2016'])
})
