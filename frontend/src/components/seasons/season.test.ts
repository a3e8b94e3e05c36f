import { expect, it, vi } from 'vitest'

import { api } from '@/api/client'
import { answer, found, short } from '@/lists/testing'
import { asSeason } from '@/seasons'
import { bodyOf } from '@/stores/list'

import { fetchSeason, seasonsToChoose } from './season'

vi.mock('@/api/client', async (original) => ({
  ...(await original<object>()),
  api: { GET: vi.fn(), POST: vi.fn() },
}))
type Init = { params: { query: { page: number } }; body: object }
const { GET, POST } = vi.mocked(
  api as unknown as Record<'GET' | 'POST', (path: string, init: Init) => Promise<unknown>>,
)
const SEASON = { year: 2016, name: 'fall' } as const

it('without a list, every page of a season is fetched', async () => {
  GET.mockImplementation((_path, { params: { query } }) =>
    Promise.resolve(answer(200, { items: [found(query.page)], pagination: { has_next: query.page < 3 } })),
  )
  const { popular, ranked } = await fetchSeason({ season: SEASON, nsfw: false, list: null })
  expect(popular?.map(({ anime_id }) => anime_id)).toEqual([1, 2, 3])
  expect(ranked).toBeNull()
})

it('for a list, what is planned and hidden is sent along', async () => {
  POST.mockResolvedValue(answer(200, { items: [found(7)] }))
  const list = { body: bodyOf([], [short(4)]), self: null, excludeIds: [5] }
  const { ranked } = await fetchSeason({ season: SEASON, nsfw: false, list })
  expect(ranked?.map(({ anime_id }) => anime_id)).toEqual([7])
  expect(POST.mock.lastCall?.[1].body).toMatchObject({ planned_ids: [4], exclude_ids: [5] })
})

it('today’s season, the next and the one shown can be chosen, each once', () => {
  const today = { year: 2026, name: 'fall' } as const
  const chosen = seasonsToChoose(['Fall 2016', 'Summer 2016', 'nonsense'], today, {
    year: 2016,
    name: 'fall',
  })
  expect(chosen.map(asSeason)).toEqual(['Winter 2027', 'Fall 2026', 'Fall 2016', 'Summer 2016'])
})
