import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'

import { short, title } from '@/lists/testing'

import { bodyOf, useList } from './list'
import { useNotices } from './notices'

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
})

it('reads a list that was stored before titles had a status or were planned', () => {
  localStorage.setItem('anime.list', JSON.stringify([title(1, 9), title(2, 'seen')]))
  const list = useList()
  expect(list.titles).toEqual([title(1, 9), title(2, 'seen')])
  expect(list.planned).toEqual([])
  expect(useNotices().current).toBeNull()
})

it('stores what is planned apart from what is watched', () => {
  useList().put(title(1), 9, 'on_hold')
  useList().plan(title(2))
  const storedAs = (key: string): unknown => JSON.parse(localStorage.getItem(key) ?? 'null')
  expect(storedAs('anime.list')).toEqual([{ ...title(1, 9), status: 'on_hold' }])
  expect(storedAs('anime.planned')).toEqual([short(2)])
})

it('sends each title with its status, and what is planned not as watched', () => {
  const titles = [
    title(1, 9),
    { ...title(2, 4), status: 'dropped' as const },
    title(3, 'liked'),
    { ...title(4, 'liked'), status: 'watching' as const },
    title(5, 'seen'),
    { ...title(6, 'seen'), status: 'on_hold' as const },
  ]
  expect(bodyOf(titles, [short(7)])).toEqual({
    ratings: [
      { anime_id: 1, rating: 9 },
      { anime_id: 2, rating: 4, status: 'dropped' },
      { anime_id: 3 },
      { anime_id: 4, rating: 10, status: 'watching' },
    ],
    watched_ids: [5, 6],
    statuses: [{ anime_id: 6, status: 'on_hold' }],
    planned_ids: [7],
  })
})
